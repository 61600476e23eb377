// The command `dotopt`. Parses the arguments, runs one command, and catches what nobody else caught.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exitCode } from './exit.ts';
import { processIo, type Io } from './io.ts';
import { targetNames, type TargetName } from '../choose-target.ts';
import { readDuration, readPositive } from './durations.ts';
import type { FmtOptions } from './commands/fmt.ts';
import { programVersion } from './version.ts';

/** Options that the commands share, as the person gave them. */
export interface SharedOptions {
  readonly set: readonly string[];
  readonly data: readonly string[];
  readonly seed?: number;
  readonly dataSeed: number;
  readonly problem?: string;
  readonly out: string;
  readonly allowRead: readonly string[];
  readonly json: boolean;
  readonly iterations?: number;
  readonly time?: number;
  readonly tolerance?: number;
  readonly watch: boolean;
  readonly target?: TargetName;
  readonly stats?: boolean;
  readonly polish?: boolean;
  readonly threads?: number;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number from 0 is needed, e.g. 1.');
  return value;
};
const count = (text: string): number => {
  const value = whole(text);
  if (value < 1) throw new InvalidArgumentError('a whole number from 1 is needed, e.g. 100.');
  return value;
};
const positive = (text: string): number => {
  const value = readPositive(text);
  if (value === undefined)
    throw new InvalidArgumentError('a positive number is needed, e.g. 1e-8.');
  return value;
};
const duration = (text: string): number => {
  const value = readDuration(text);
  if (value === undefined)
    throw new InvalidArgumentError('a duration is needed: "20 s", "500 ms", "2 min" or "1 h".');
  return value;
};

const problemOption = () => new Option('--problem <name>', 'only this problem');
const allowReadOption = () =>
  new Option('--allow-read <dir>', 'let .opt files read below this folder too')
    .default([])
    .argParser(collect);
const jsonOption = () =>
  new Option('--json', 'print one JSON object on standard output').default(false);
const setOption = () =>
  new Option('--set <name=value>', 'value of a param').default([]).argParser(collect);
const dataOption = () =>
  new Option('--data <name=file>', 'file to read data from').default([]).argParser(collect);
const seedOption = () => new Option('--seed <n>', 'seed of the run').argParser(whole);
const dataSeedOption = () =>
  new Option('--data-seed <n>', 'seed of drawn data').default(1).argParser(whole);
const outOption = () =>
  new Option('--out <path>', 'where files are written: a folder').default('dotopt-out');
const watchOption = () =>
  new Option('--watch', 'do it again when the file or its data changes').default(false);

const polishOption = () =>
  new Option('--polish', 'with --target tfjs: finish in 64 bits on the CPU').default(false);

const targetOption = () =>
  new Option('--target <name>', 'where it runs; by the size of the problem unless given').choices([
    ...targetNames,
  ]);

const threadsOption = () =>
  new Option(
    '--threads <n>',
    'threads for large loops in WebAssembly; one for each core, at most 8, unless given',
  ).argParser(count);

const inputOptions = () => [
  setOption(),
  dataOption(),
  seedOption(),
  dataSeedOption(),
  problemOption(),
  allowReadOption(),
];
const limitOptions = () => [
  new Option('--iterations <n>', 'stop after n iterations').argParser(count),
  new Option('--time <t>', 'stop after t, e.g. "20 s"').argParser(duration),
  new Option('--tolerance <e>', 'what the certificate must reach').argParser(positive),
];

function define(
  program: Command,
  name: string,
  summary: string,
  example: string,
  options: readonly Option[],
): Command {
  const command = program.command(name).summary(summary).description(sentence(summary));
  for (const option of options) command.addOption(option);
  return command.addHelpText('after', `\nExample:\n  $ ${example}`);
}

const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** Defaults are shown where they say something. */
const optionText = ({ description, defaultValue }: Option): string =>
  typeof defaultValue === 'string' || typeof defaultValue === 'number'
    ? `${description} (${defaultValue} by default)`
    : description;

type Action = () => Promise<number>;

/** Reads the arguments and gives what is to be done. */
function commandLine(io: Io, chosen: (action: Action) => void): Command {
  const program = new Command('dotopt')
    .description('Optimisation problems, methods and comparisons from .opt files.')
    .version(programVersion(), '-V, --version', 'print the version')
    .configureHelp({ optionDescription: optionText })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      // What is wrong with the arguments is told by `main`.
      outputError: () => undefined,
    })
    .addHelpText('after', '\nExample:\n  $ dotopt run examples/lasso.opt');

  define(program, 'check', 'read and check files; all errors in one go', 'dotopt check lasso.opt', [
    allowReadOption(),
    jsonOption(),
    watchOption(),
  ])
    .argument('<file...>')
    .action((files: string[], options: SharedOptions) =>
      chosen(async () => (await import('./commands/check.ts')).check(io, files, options)),
    );

  define(program, 'fmt', 'format files in place', 'dotopt fmt *.opt', [
    new Option('--check', 'write nothing; exit 7 where a file would change').default(false),
    jsonOption(),
  ])
    .argument('<file...>')
    .action((files: string[], options: FmtOptions) =>
      chosen(async () => (await import('./commands/fmt.ts')).fmt(io, files, options)),
    );

  define(program, 'run', 'solve and certify', 'dotopt run lasso.opt --set lambda=0.1', [
    ...inputOptions(),
    targetOption(),
    polishOption(),
    threadsOption(),
    ...limitOptions(),
    new Option('--stats', 'memory, compile times and what became WebAssembly').default(false),
    jsonOption(),
    outOption(),
    watchOption(),
  ])
    .argument('<file>')
    .action((file: string, options: SharedOptions) =>
      chosen(async () => (await import('./commands/run.ts')).runCommand(io, file, options)),
    );

  define(
    program,
    'build',
    'write readable TypeScript that solves the problem',
    'dotopt build lasso.opt --out .',
    [
      ...inputOptions(),
      ...limitOptions(),
      new Option(
        '--out <path>',
        'a folder, or the file where it ends in .ts, .js, .mts or .mjs',
      ).default('dotopt-out'),
      new Option('--target <name>', 'what the program is written for: ts or tfjs').choices([
        ...targetNames,
      ]),
      new Option('--standalone', 'import nothing').default(false),
      new Option('--js', 'JavaScript, without types').default(false),
      new Option('--stdout', 'print instead of writing a file').default(false),
      jsonOption(),
    ],
  )
    .argument('<file>')
    .action(
      (
        file: string,
        options: SharedOptions & { standalone: boolean; js: boolean; stdout: boolean },
      ) => chosen(async () => (await import('./commands/build.ts')).build(io, file, options)),
    );

  define(program, 'compare', 'run the comparisons of a file', 'dotopt compare lasso.opt', [
    ...inputOptions(),
    targetOption(),
    threadsOption(),
    ...limitOptions(),
    jsonOption(),
    outOption(),
    new Option('--check', 'exit 7 where a claim fails').default(false),
    watchOption(),
  ])
    .argument('<file>')
    .action((file: string, options: SharedOptions & { check: boolean }) =>
      chosen(async () => (await import('./commands/compare.ts')).compareCommand(io, file, options)),
    );

  define(
    program,
    'cross',
    'solve by every route that applies; exit 7 where proofs disagree',
    'dotopt cross bilevel.opt',
    [...inputOptions(), ...limitOptions(), targetOption(), threadsOption(), jsonOption()],
  )
    .argument('<file>')
    .action((file: string, options: SharedOptions) =>
      chosen(async () => (await import('./commands/cross.ts')).crossCommand(io, file, options)),
    );

  define(
    program,
    'methods',
    'which methods match a file, or what a method needs',
    'dotopt methods lasso.opt',
    [problemOption(), allowReadOption(), setOption(), dataOption(), jsonOption()],
  )
    .argument('[file-or-name]')
    .action((target: string | undefined, options: SharedOptions) =>
      chosen(async () => (await import('./commands/methods.ts')).methods(io, target, options)),
    );

  define(
    program,
    'explain',
    'the structure of each problem, with reasons',
    'dotopt explain lasso.opt',
    [problemOption(), allowReadOption(), setOption(), dataOption(), targetOption(), jsonOption()],
  )
    .argument('<file>')
    .action((file: string, options: SharedOptions) =>
      chosen(async () => (await import('./commands/explain.ts')).explain(io, file, options)),
    );

  define(program, 'init', 'write a first problem', 'dotopt init my_problem', [jsonOption()])
    .argument('<name>')
    .action((name: string, options: { json: boolean }) =>
      chosen(async () => (await import('./commands/init.ts')).init(io, name, options.json)),
    );

  define(program, 'doctor', 'what this machine offers and what is missing', 'dotopt doctor', [
    jsonOption(),
  ]).action((options: { json: boolean }) =>
    chosen(async () => (await import('./commands/doctor.ts')).doctor(io, options.json)),
  );
  return program;
}

/** Runs the command and gives the exit code. Faults of ours are caught here and nowhere else. */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  let action: Action | undefined;
  try {
    const program = commandLine(io, (chosen) => {
      action = chosen;
    });
    if (args.length === 0) {
      program.outputHelp();
      return exitCode.usage;
    }
    program.parse([...args], { from: 'user' });
    return action === undefined ? exitCode.done : await action();
  } catch (error) {
    const json = args.includes('--json');
    if (!(error instanceof CommanderError)) return reportFault(io, error, json);
    if (error.exitCode === 0) return exitCode.done;
    const { usageError, usageErrorJson } = await import('./print/usage.ts');
    const { message, help } = mistakeIn(error, args);
    return json ? usageErrorJson(io, message, help) : usageError(io, message, help);
  }
}

/** What commander says is wrong, with its guess or else where help is. */
function mistakeIn(
  { message }: CommanderError,
  args: readonly string[],
): { readonly message: string; readonly help: string } {
  const [first, guess] = message.replace(/^error: /, '').split('\n');
  const found = /^\(Did you mean (.*)\?\)$/.exec(guess ?? '')?.[1];
  const command = args.find((arg) => commandNames.includes(arg));
  const where = ['dotopt', ...(command === undefined ? [] : [command]), '--help'].join(' ');
  const help = found === undefined ? `\`${where}\` shows what there is` : `did you mean ${found}?`;
  const bad = /^option '(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)\.$/.exec(first);
  return { message: bad === null ? first : `${bad[1]} ${bad[2]}: ${bad[3]}`, help };
}

const commandNames: readonly string[] = [
  'check',
  'fmt',
  'run',
  'build',
  'compare',
  'cross',
  'methods',
  'explain',
  'init',
  'doctor',
];

async function reportFault(io: Io, error: unknown, json: boolean): Promise<number> {
  const detail =
    error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  io.err(
    `${io.errColor.bad('internal error')}: ${detail.slice(0, 400)}\n` +
      'This is a fault of dotopt, not of your file. Please report it with the file and the command;\n' +
      'DOTOPT_DEBUG=1 prints where it happened.\n',
  );
  if (json) {
    const { envelope, toJson } = await import('./print/json.ts');
    const error = { message: `internal error: ${detail.slice(0, 400)}`, help: null };
    io.out(`${toJson({ ...envelope([], new Map()), error })}\n`);
  }
  if (process.env.DOTOPT_DEBUG !== undefined && error instanceof Error)
    io.err(`${error.stack ?? ''}\n`);
  return exitCode.fault;
}
