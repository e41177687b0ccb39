/** Of jStat, what statistics.ts uses. */
declare module 'jstat' {
  interface Distributions {
    /** Student's t: the quantile of probability `p`. */
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
    readonly normal: { cdf(x: number, mean: number, standardDeviation: number): number };
  }
  const jstat: Distributions;
  export default jstat;
}
