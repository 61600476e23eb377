// Messages about data and settings as they meet a problem. The codes D001-D009 are those of the file readers.
import { reporter, text, type MessageTable } from '../grammar/diagnostic.ts';

export const commandMessages = {
  D021: {
    severity: 'error',
    title: 'data that must be given',
    message: text`\`${'name'}\` has no value in the file and none was given`,
    help: text`give a file with --data ${'name'}=FILE`,
  },
  D022: {
    severity: 'error',
    title: 'data of another rank',
    message: text`\`${'name'}\` needs ${'wanted'} axes; the data has shape ${'found'}`,
  },
  D023: {
    severity: 'error',
    title: 'a fraction where whole numbers are needed',
    message: text`\`${'name'}\` holds whole numbers: ${'place'} is ${'value'}`,
  },
  D024: {
    severity: 'error',
    title: 'a size that is no whole number',
    message: text`the data would make \`${'symbol'}\` equal to ${'value'}`,
  },
  D026: {
    severity: 'error',
    title: 'a value outside its bounds',
    message: text`\`${'name'}\` must be ${'bound'}${'found'}`,
  },
  D028: {
    severity: 'error',
    title: 'a size that fails',
    message: text`${'message'}`,
  },
  D029: {
    severity: 'error',
    title: 'memory that cannot be had',
    message: text`${'what'}`,
  },
  C001: {
    severity: 'error',
    title: 'no program to build',
    message: text`\`${'method'}\` is a solver of its own: there is no program to write`,
    help: text`name a method of the language, as in \`solve p with lbfgs\`; \`dotopt methods FILE\` lists those that match`,
  },
  C002: {
    severity: 'error',
    title: 'an option that names nothing',
    message: text`the file has no ${'kind'} \`${'name'}\``,
    help: text`it has ${'known'}`,
  },
  C003: {
    severity: 'error',
    title: 'a value that cannot be used',
    message: text`the value given for \`${'name'}\` is not ${'what'}`,
  },
  C004: {
    severity: 'error',
    title: 'a target that is not there',
    message: text`the target \`tfjs\` needs tfjs: ${'why'}`,
    help: text`give the option \`tfjs\` what \`loadTfjs\` returns, or take another target`,
  },
} as const satisfies MessageTable;

export const commandMessage = reporter(commandMessages);
