/** The style sheet of the page, over that of the reports. Sizes are steps of one scale; colours are the reports'. */

const FRAME = `
:root{--raised:color-mix(in srgb,var(--ink) 3%,var(--surface));--hover:color-mix(in srgb,var(--link) 8%,var(--surface));--field:color-mix(in srgb,var(--ink) 45%,var(--surface));--accent:#0a5ca8;--on-accent:#fff;--bad:#b3261e;--good:#00734f;--warn:#8a5a00}
@media (prefers-color-scheme:dark){:root{--accent:#1f6fc0;--on-accent:#fff;--bad:#ff8f85;--good:#3fcf9f;--warn:#f0b64f}}
html{scroll-padding-top:4.5rem}
body{min-height:100vh}
.hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem;top:0;z-index:3;padding:.6rem 1rem;background:var(--surface)}
.skip:focus{left:0}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
h1:focus{outline:none}
.bar{position:sticky;top:0;z-index:2;display:flex;align-items:center;gap:.5rem 2rem;padding:.55rem max(clamp(1rem,4vw,2.5rem),calc((100vw - 78rem)/2 + clamp(1rem,4vw,2.5rem)));background:var(--surface);border-bottom:1px solid var(--rule)}
.bar nav{display:flex;gap:.25rem}
.bar a{color:var(--ink);text-decoration:none}
.bar nav a{padding:.35rem .75rem;border-radius:6px;color:var(--muted)}
.bar nav a:hover{background:var(--hover);color:var(--ink)}
.bar nav a[aria-current]{background:var(--hover);color:var(--ink);font-weight:600}
.brand{display:inline-flex;align-items:center;gap:.6rem;font-weight:650;font-size:1.06rem}
.lost{margin:0;padding:.6rem clamp(1rem,4vw,2.5rem);background:color-mix(in srgb,var(--warn) 16%,var(--surface));text-align:center}
main{padding-top:1.75rem}
h1{font-size:1.75rem;margin:0;min-width:0}
h2{margin:2.5rem 0 1rem}
.note code,.empty code{padding:.1rem .35rem;border-radius:4px;background:var(--raised)}
`;

const CONTROLS = `
button,.button,input,select,textarea{font:inherit;font-size:.94rem;line-height:1.4;color:var(--ink)}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.3rem;padding:.3rem .9rem;border:1px solid var(--field);border-radius:6px;background:var(--surface);cursor:pointer;text-decoration:none}
button:hover:not(:disabled),.button:hover{background:var(--hover)}
button:disabled{opacity:.55;cursor:default}
button[aria-pressed=true]{background:var(--hover);border-color:var(--link)}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}
button.primary:hover:not(:disabled),.button.primary:hover{background:color-mix(in srgb,var(--accent) 86%,#000)}
.plain{border-color:transparent;background:none;color:var(--link)}
input:not([type=checkbox],[type=range]),select,textarea{width:100%;min-height:2.3rem;padding:.3rem .6rem;border:1px solid var(--field);border-radius:6px;background:var(--surface)}
input[type=checkbox]{display:block;width:1.1rem;height:1.1rem;margin:0;accent-color:var(--accent)}
input[type=range]{width:100%;accent-color:var(--accent)}
textarea{resize:vertical;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86rem}
label{font-size:.88rem;color:var(--muted)}
progress{width:100%;height:.5rem;accent-color:var(--accent)}
.problems{margin:1rem 0;padding:.7rem 1rem;border-left:4px solid var(--bad);border-radius:0 6px 6px 0;background:color-mix(in srgb,var(--bad) 8%,var(--surface));overflow-wrap:anywhere}
.problems p,.problems ul{margin:0}
.problems ul{padding-left:1.2rem}
.empty{padding:3rem 1rem;text-align:center;color:var(--muted)}
.loading{padding:2rem 0;color:var(--muted)}
`;

const LIST = `
.filters{display:grid;grid-template-columns:minmax(12rem,2fr) repeat(3,minmax(8rem,1fr)) auto;gap:.75rem;align-items:end;margin:1.25rem 0 .75rem}
.filters label{display:grid;gap:.25rem}
.count{margin:0 0 .5rem;color:var(--muted);font-size:.88rem}
.runs th,.runs td{padding:.5rem 1.25rem .5rem 0;vertical-align:middle;overflow-wrap:normal}
.runs thead th{padding:0 1.25rem 0 0;border-bottom:1px solid var(--rule);white-space:nowrap}
.runs .number{padding-right:1.25rem;padding-left:0}
.runs th:last-child,.runs td:last-child{padding-right:.25rem}
.runs thead button{min-height:2.2rem;padding:.2rem 0;border:0;background:none;color:var(--muted);font-size:.86rem;font-weight:600}
.runs thead button:hover{background:none;color:var(--ink);text-decoration:underline}
.runs [aria-sort=ascending] button::after{content:"↑";margin-left:.25em}
.runs [aria-sort=descending] button::after{content:"↓";margin-left:.25em}
.runs .number button::after{order:-1;margin:0 .25em 0 0}
.runs [aria-sort] button{color:var(--ink)}
.runs tbody th{color:var(--ink);font-weight:500;white-space:normal;overflow-wrap:anywhere;min-width:10rem}
.runs tbody tr:hover{background:var(--hover)}
.runs .ticked{background:color-mix(in srgb,var(--link) 6%,var(--surface))}
.runs .tick{width:2.2rem;padding-left:.5rem}
.runs th a{text-decoration:none}
.runs th a:hover{text-decoration:underline}
.folder{color:var(--muted);font-weight:400}
.problem{display:block;color:var(--bad);font-size:.82rem;overflow-wrap:anywhere}
.more{text-align:center}
.state{display:inline-flex;align-items:baseline;gap:.45rem;white-space:nowrap;font-size:.92rem}
.state small{color:var(--muted);font-size:.86em}
.state::before{content:"";align-self:center;width:.6rem;height:.6rem;border-radius:50%;background:var(--muted);flex:none}
.state.running::before{background:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 25%,transparent)}
.state.done::before{background:var(--good)}
.state.stopped::before{background:none;border:2px solid var(--warn)}
.state:is(.failed,.damaged,.unreadable)::before{background:var(--bad);border-radius:1px}
.ticks{position:sticky;bottom:0;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;margin-top:1rem;padding:.7rem 1rem;background:var(--surface);border:1px solid var(--rule);border-radius:8px 8px 0 0;box-shadow:0 -4px 16px rgb(0 0 0/.08)}
.ticks p{margin:0}
.ticks p:first-child{margin-right:auto}
.remote{margin-top:1.25rem}
`;

const RUN = `
.crumbs{display:flex;flex-wrap:wrap;gap:.25rem;margin-bottom:.35rem;font-size:.88rem}
.crumbs a:not(:last-child)::after{content:"/";margin:0 .4rem;color:var(--muted);display:inline-block}
.title{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1.25rem}
.facts{margin:.25rem 0 0;color:var(--muted);font-size:.92rem;overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;margin:1.1rem 0 0}
.progress{margin:1.5rem 0 0;max-width:44rem}
.cards{gap:.75rem;margin-top:1.5rem;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.cards div{padding:.7rem .9rem;border:1px solid var(--grid);border-radius:8px;background:var(--raised)}
.cards dd{font-size:1.35rem}
.cards .words{font-size:1.05rem;line-height:1.65}
.cards+.note{margin-top:.75rem}
.cards small{margin-left:.35em;font-size:.78rem}
main section>div>section:first-child h2,section:first-child>h2{margin-top:2rem}
.planes{min-width:0}
.planes fieldset{margin:.75rem 0 0;padding:0;border:0;min-width:0;max-width:44rem}
.planes label{display:block;color:var(--ink);font-weight:600}
.planes p{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin:.35rem 0 0}
.planes small{color:var(--muted)}
.figures>div{min-width:0}
@media (min-width:61rem){.figures>div:last-child:nth-child(odd){grid-column:1/-1}
.figures>div:last-child:nth-child(odd)>figure{max-width:none;display:grid;grid-template-columns:1fr 1fr;grid-template-rows:auto auto 1fr;column-gap:3rem;align-items:start}
.figures>div:last-child:nth-child(odd)>figure>.drawing{grid-column:2;grid-row:1/-1}
.figures>div:last-child:nth-child(odd)>figure>:not(.drawing){grid-column:1}}
.files small{color:var(--muted)}
.abstract{color:var(--muted);max-width:46rem}
.names{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0 0;padding:0;list-style:none;font-size:.92rem}
.comparison td,.comparison th{white-space:nowrap}
`;

const FORM = `
.run-form{max-width:60rem}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:1.1rem 1.5rem;align-items:start}
.fields.first{margin-top:1.25rem}
.fields>fieldset,.fields>.wrong,.wide{grid-column:1/-1}
.field{display:grid;gap:.25rem;min-width:0}
.field label{color:var(--ink);font-weight:500}
.hint,.wrong{margin:0;font-size:.82rem;line-height:1.4;color:var(--muted);overflow-wrap:anywhere}
.wrong{color:var(--bad)}
.invalid :is(input,select){border-color:var(--bad)}
.run-form fieldset{margin:0;padding:.6rem 0 0 1rem;border:0;border-left:2px solid var(--grid);min-width:0}
.run-form fieldset>.field{margin-bottom:1.1rem;max-width:24rem}
.run-form legend{padding:0;font-weight:600;font-size:.92rem}
.run-form>details{margin:0;padding:.9rem 0;border-top:1px solid var(--grid)}
.run-form>.fields+details{margin-top:1.5rem}
.run-form>details[open]>summary{margin-bottom:1rem}
.run-form>.actions{margin:1.25rem 0}
.run-form summary small{margin-left:.5rem;font-weight:400;color:var(--muted)}
.run-form summary small.wrong{color:var(--bad)}
.run-form ::placeholder{color:var(--muted);opacity:1}
`;

const NARROW = `
@media (max-width:60rem){.filters{grid-template-columns:1fr 1fr}}
@media (max-width:46rem){
main{padding:1.25rem 1rem 3rem}
.bar{gap:.25rem .75rem;padding:.4rem 1rem}
.bar nav{margin-left:auto}
.bar nav a{padding:.35rem .5rem}
h1{font-size:1.4rem}
h2{margin:2rem 0 1rem}
.runs,.runs tbody{display:block}
.runs thead{display:flex;overflow-x:auto;margin:0 -1rem;padding:0 1rem;border-bottom:1px solid var(--rule)}
.runs thead tr{display:flex;gap:.25rem}
.runs thead th{border:0}
.runs thead .tick{display:none}
.runs tbody tr{display:grid;grid-template-columns:2.2rem 1fr 1fr;gap:.1rem .75rem;padding:.75rem 0;border-bottom:1px solid var(--grid)}
.runs tbody td,.runs tbody th{padding:0;border:0;text-align:left;min-width:0}
.runs .tick{grid-row:1/span 9;padding:.15rem 0 0 .1rem;width:auto}
.runs tbody .tick input{width:1.4rem;height:1.4rem}
.runs tbody th{grid-column:2/-1;padding-bottom:.2rem;font-size:1rem}
.runs tbody td:not(.tick){grid-column:auto;font-size:.9rem}
.runs tbody td[data-label=Task]{grid-column:2}
.runs td[data-label]:not([data-label=State])::before{content:attr(data-label) " ";color:var(--muted);font-size:.82rem}
.remote thead{display:none}
.remote tbody tr{grid-template-columns:0 1fr 1fr}
.remote tbody td:nth-child(even){grid-column:2}
.cards{grid-template-columns:1fr 1fr}
}
`;

export const PAGE_STYLESHEET = FRAME + CONTROLS + LIST + RUN + FORM + NARROW;
