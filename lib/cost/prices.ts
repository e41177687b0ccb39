/**
 * List prices of AWS for what a run uses, in US dollars, us-east-1, November 2026, without free tiers, taxes and
 * discounts. Sources: aws.amazon.com/step-functions/pricing, /lambda/pricing and /s3/pricing; what counts as a state
 * transition: docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html.
 */

export const PRICE_DATE = '2026-11';
export const PRICE_REGION = 'us-east-1';

/** Memory of a function that comes with one vCPU. */
const MEGABYTES_PER_VCPU = 1_769;
/** Default architecture of the stack's functions. */
export const DEFAULT_MEMORY_MB = MEGABYTES_PER_VCPU;

/** vCPUs of a function, and so threads that share its work: up to six. */
export function vcpusOf(memoryMb: number): number {
  return Math.max(1, Math.round(memoryMb / MEGABYTES_PER_VCPU));
}

/** How much faster than with one vCPU its threads are together, at best: 10,240 MB are six of them, for 5.8 times the time of one. */
export function speedOf(memoryMb: number): number {
  return Math.max(1, Math.min(vcpusOf(memoryMb), memoryMb / MEGABYTES_PER_VCPU));
}
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const PRICES = {
  /** Standard workflow: each state that is entered, retries too, and each child that a distributed map starts. */
  transition: 0.025 / 1_000,
  /** Express workflow: each execution, and its memory over its time. */
  expressExecution: 1 / 1_000_000,
  expressGbSecond: 0.06 / 3_600,
  lambdaRequest: 0.2 / 1_000_000,
  /** Initialisation included. */
  lambdaGbSecond: { x86_64: 1.66667e-5, arm64: 1.33334e-5 },
  /** S3 Standard: PUT, COPY, POST and LIST. DELETE costs nothing. */
  s3Write: 5e-6,
  /** S3 Standard: GET and HEAD, those of missing objects too. */
  s3Read: 4e-7,
} as const;

/** Express workflows are billed in steps of 64 MB and 100 ms. A child of a run's map stays within the first 64 MB. */
export const EXPRESS_GB = 64 / 1_024;
export const EXPRESS_STEP_MS = 100;
