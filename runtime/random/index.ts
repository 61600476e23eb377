export { createRandom, moveTo, type Random, type RandomStream } from './random.ts';
export { distributions, type DistributionName, type Fill } from './distributions.ts';
export { sampleWithoutReplacement } from './sample.ts';
