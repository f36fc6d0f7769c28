/**
 * analog-eqprop: a circuit is fabricated into a chip; the chip settles twice; the two equilibria
 * teach it; a digital copy learns to guess the first. Everything here runs in Node and in browsers;
 * what needs files is in `analog-eqprop/node`.
 */
export { InputError, type Place } from "./numerics/errors.ts";
export type { Precision, Tensor, Vec } from "./numerics/vec.ts";
export { random, restore, type Random, type RandomState } from "./numerics/random.ts";
export type { Activation } from "./numerics/activation.ts";
export * from "./circuit/index.ts";
export { blockName, chain, directed, graph, type Block, type Graph } from "./energy/graph.ts";
export type { Ties } from "./energy/hopfield.ts";
export { xavier } from "./energy/initial.ts";
export * from "./data/index.ts";
export type { Dynamics, Noise } from "./dynamics/dynamics.ts";
export type { Chip, FabricateOptions } from "./dynamics/chip.ts";
export { fabricate } from "./dynamics/fabricate.ts";
export { euler, type FixedStep } from "./solver/euler.ts";
export { explicit, type ExplicitOptions, type Flow } from "./solver/explicit.ts";
export {
  bogackiShampine,
  dormandPrince,
  forwardEuler,
  heun,
  tableaux,
  type Tableau,
} from "./solver/tableaux.ts";
export {
  constant,
  energyDescent,
  pi,
  type Controller,
  type EnergyDescentOptions,
  type PIOptions,
} from "./solver/controllers.ts";
export { exponentialEuler } from "./solver/exponential.ts";
export {
  linearlyImplicitEuler,
  pseudoTransient,
  type PseudoTransientOptions,
} from "./solver/implicit.ts";
export { extrapolation, type ExtrapolationOptions } from "./solver/extrapolation.ts";
export { integrate, type IntegrateOptions, type Waveform } from "./solver/integrate.ts";
export { eulerMaruyama, stochasticHeun, type Stochastic } from "./solver/stochastic.ts";
export { activeSet, type ActiveSetOptions } from "./solver/active-set.ts";
export type { Observer, Rails, Runner, Solver, Stop, Tally } from "./solver/solver.ts";
export { anderson, type AndersonOptions } from "./solver/minimise/anderson.ts";
export { blockDescent } from "./solver/minimise/block-descent.ts";
export type { DescentOptions } from "./solver/minimise/descent.ts";
export { fista, type FistaOptions } from "./solver/minimise/fista.ts";
export { handOver, type HandOverOptions } from "./solver/minimise/hand-over.ts";
export { newtonCG } from "./solver/minimise/newton-cg.ts";
export { spectralGradient } from "./solver/minimise/spectral-gradient.ts";
export { settle, trace, type Trace } from "./solver/settle.ts";
export { advice, outcomes, type Equilibrium, type Outcome, type Sample } from "./solver/outcome.ts";
export { gradientTolerance } from "./solver/accuracy.ts";
export {
  contrastError,
  distanceBound,
  stateError,
  type PhaseErrors,
} from "./solver/truth/bounds.ts";
export { certificate, type Certificate } from "./solver/truth/convexity.ts";
export { diagnose, type Diagnosis, type Finding } from "./solver/truth/diagnose.ts";
export { examine, type Examination, type Examined } from "./solver/truth/examine.ts";
export {
  probeBasins,
  type Basin,
  type Basins,
  type ProbeOptions,
} from "./solver/truth/multistability.ts";
export { curvature, type Curvature } from "./solver/truth/saddle.ts";
export { settlingTime, spectrum, type Eigenvalue, type Spectrum } from "./solver/truth/spectrum.ts";
export { digitalCopy, type CopyLoss, type CopyOptions, type DigitalCopy } from "./learning/copy.ts";
export {
  learner,
  type Learner,
  type LearningOptions,
  type Phase,
  type Trainer,
} from "./learning/algorithm.ts";
export { backpropagation } from "./learning/backpropagation.ts";
export { showSamples } from "./learning/enter.ts";
export {
  score,
  type ClassScore,
  type Fit,
  type NetworkScore,
  type PairScore,
  type RealScore,
  type Score,
} from "./learning/score.ts";
export { survey, type Settler, type Sighting } from "./learning/survey.ts";
export * from "./output/index.ts";
export * from "./exports/index.ts";
export {
  serveTraining,
  trainAside,
  type AsideHooks,
  type AsideRequest,
  type AsideResult,
  type AsideWorker,
} from "./training/aside.ts";
export { createSession, type Spawn } from "./training/create-session.ts";
export { parseExperiment, resolvedYaml } from "./experiment/yaml.ts";
export type { Experiment } from "./experiment/schema.ts";
export type { Session, Snapshot } from "./training/session.ts";
export { version } from "./version.generated.ts";
