/**
 * The report's style sheet. Figures take their colours from its variables, so that one drawing serves light and dark
 * pages. Hues follow Okabe and Ito's colour-blind-safe palette, darkened or lightened for contrast; there are ten classes and
 * eight of their colours, so those from the fourth class on are what a search for the largest distance found, as all kinds of
 * eyes see them (test/report/palette.test.ts).
 */

import { HEAT_LEVELS } from './figures/heat.ts';

const LIGHT = `
--surface:#fff;--ink:#1b1f24;--muted:#57606a;--rule:#c9d0d8;--grid:#e8ebef;--link:#0a5ca8;
--best:#0067b3;--mean:#b84e00;--band:#cfe3f4;
--start:#8b949e;--recombination:#2a7fc1;--mutation:#dd8a00;--migration:#00916a;--sampling:#2a7fc1;--improvement:#2a7fc1;
--positive:#0072b2;--negative:#d55e00;--pruned:#e4e7eb;--dead:#d3d8de;
--class-0:#0072b2;--class-1:#d55e00;--class-2:#008a64;--class-3:#9296b2;--class-4:#a89757;
--class-5:#009dfd;--class-6:#660036;--class-7:#384000;--class-8:#6c05e4;--class-9:#560a62;
--tint:24%;
--heat-low:#edf1f5;--heat-middle:#4a9bd4;--heat-high:#0b2a55;`;

const DARK = `
--surface:#14171b;--ink:#e8ebee;--muted:#a2abb5;--rule:#454d57;--grid:#262c33;--link:#79b8ff;
--best:#62b0f2;--mean:#ff9d52;--band:#1f3d57;
--start:#7d8690;--recombination:#4a9ee0;--mutation:#f0a93b;--migration:#2bb58c;--sampling:#4a9ee0;--improvement:#4a9ee0;
--positive:#56b4e9;--negative:#f08a3c;--pruned:#2a3037;--dead:#3b434c;
--class-0:#56aee8;--class-1:#ff8f45;--class-2:#34c79b;--class-3:#c8eaff;--class-4:#ffcc00;
--class-5:#9cffd9;--class-6:#7f5c80;--class-7:#ebf68c;--class-8:#6a46f0;--class-9:#86cb7f;
--tint:26%;
--heat-low:#20272f;--heat-middle:#2c7fb8;--heat-high:#dff1ff;`;

const REGIONS = Array.from(
  { length: 10 },
  (_, label) => `--region-${label}:color-mix(in srgb,var(--class-${label}) var(--tint),var(--surface));`,
).join('');

/** From low to high over a middle hue: a step of any size is seen as one. */
const HEAT = Array.from({ length: HEAT_LEVELS }, (_, level) => {
  const share = (200 * level) / (HEAT_LEVELS - 1);
  const [from, to, percent] = share <= 100 ? ['low', 'middle', share] : ['middle', 'high', share - 100];
  return `--heat-${level}:color-mix(in oklab,var(--heat-${to}) ${percent}%,var(--heat-${from}));`;
}).join('');

export const STYLESHEET = `
:root{color-scheme:light dark;${LIGHT}${REGIONS}${HEAT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:78rem;margin:0 auto;padding:2.5rem clamp(1rem,4vw,2.5rem) 4rem}
header p{margin:0;color:var(--muted);max-width:46rem}
header .run{font-size:.9rem;overflow-wrap:anywhere}
h1{margin:.1rem 0 .4rem;font-size:2rem;line-height:1.2;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:3rem 0 1.25rem;padding-top:1rem;border-top:1px solid var(--rule);font-size:1.3rem;line-height:1.3}
h3{margin:0;font-size:1rem;line-height:1.4}
a{color:var(--link);text-underline-offset:.15em}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:1.25rem 1.5rem;margin:1.75rem 0 0}
.tiles div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.tiles dt{color:var(--muted);font-size:.86rem;line-height:1.35}
.tiles dd{margin:0;font-size:1.3rem;line-height:1.3;font-weight:600}
.tiles.main{grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr))}
.tiles.main dd{font-size:2.1rem;line-height:1.2;letter-spacing:-.02em}
.tiles small{font-size:.6em;font-weight:400;color:var(--muted);letter-spacing:0;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:2.5rem 3rem;align-items:start}
figure{margin:0;min-width:0;max-width:44rem}
h2+.note{margin:0 0 1.5rem}
.note:has(+.figures){margin-bottom:1.5rem}
@media (min-width:61rem){.figures>figure:last-child:nth-child(odd){grid-column:1/-1;max-width:none;display:grid;grid-template-columns:1fr 1fr;grid-template-rows:auto auto 1fr;column-gap:3rem;align-items:start}
.figures>figure:last-child:nth-child(odd)>.drawing{grid-column:2;grid-row:1/-1}
.figures>figure:last-child:nth-child(odd)>:not(.drawing){grid-column:1}}
h2,h3,figcaption,.note,.legend,.files,summary{overflow-wrap:anywhere}
figcaption,.note{margin:.5rem 0 0;color:var(--muted);font-size:.88rem;line-height:1.45}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:.25rem 0 .5rem;padding:0;list-style:none;font-size:.86rem;color:var(--muted)}
.legend li{display:inline-flex;align-items:center;gap:.4rem}
.legend svg{width:20px;height:12px;flex:none}
.drawing{display:block;width:100%;height:auto;overflow:visible}
.drawing text{font-family:inherit}
#plane .mark-rect path,[id^=slice-] .mark-rect path,.heat path{shape-rendering:crispEdges}
.labels text{font-size:12.5px;fill:var(--muted)}
.pruned{fill:none;stroke:var(--pruned);stroke-width:.7}
.kept{fill:none}
.positive{stroke:var(--positive)}
.negative{stroke:var(--negative)}
.idle{opacity:.3}
.unit{fill:var(--ink);stroke:var(--surface)}
.unit.constant{fill:var(--surface);stroke:var(--ink)}
.unit.dead{fill:var(--dead)}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2rem 3rem;align-items:start}
.stack{display:grid;gap:2rem;min-width:0}
.stack>*{min-width:0}
.scroll{position:relative;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:600;padding-bottom:.4rem}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--grid);text-align:left;font-weight:400;vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--muted);font-size:.86rem}
tbody th{color:var(--muted);white-space:nowrap}
.scroll th,.scroll td:not(.value){overflow-wrap:normal}
.scroll tbody th{white-space:normal;min-width:6rem;max-width:20rem;overflow-wrap:break-word}
.unbroken :is(th,td){white-space:nowrap}
.unbroken :is(th,td):last-child{padding-right:.25rem}
.scroll+.note{margin-top:.75rem}
td.value{width:60%}
.number{text-align:right;padding-right:0;padding-left:.75rem;white-space:nowrap}
.files{margin:0;padding:0;list-style:none;display:grid;gap:.35rem}
details{margin-top:2rem}
summary{cursor:pointer;font-weight:600}
pre{margin:.75rem 0 0;padding:1rem;overflow:auto;border:1px solid var(--rule);border-radius:4px}
.scroll thead th{vertical-align:bottom}
.scroll thead .number,.wraps{white-space:normal}
@media (max-width:36rem){.drawing :not(.role-mark)>text,.labels text{font-size:16px}.scroll table,.scroll thead th{font-size:.8rem}.scroll :is(th,td):not(:first-child){padding-left:.35rem}.scroll :is(th,td){padding-right:0}.scroll tbody th{min-width:0}}
@media print{main{max-width:none;padding:0}figure,table{break-inside:avoid}.scroll{overflow:visible}.scroll table,.scroll thead th{font-size:.72rem}.scroll :is(th,td){white-space:normal;padding-right:0}.scroll :is(th,td):not(:first-child){padding-left:.4rem}.scroll tbody th{min-width:0}}
`;
