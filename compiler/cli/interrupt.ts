// Ctrl-C: the first one asks the run to stop, which prints and certifies what it has; the second one ends at once.
export interface Interrupt {
  readonly requested: () => boolean;
  /** The same; from the first call on signals are listened to. Before it there is nothing to certify, and Ctrl-C just ends the process. */
  readonly poll: () => boolean;
  readonly release: () => void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

export function interruptible(say: (text: string) => void): Interrupt {
  let requested = false;
  let listening = false;
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
    listening = false;
  };
  // With nobody listening a second signal does what it does to any process, even where this one is busy.
  const onSignal = (): void => {
    requested = true;
    release();
    say(
      '\nstopping: the best point so far is certified and printed (Ctrl-C again to end at once)\n',
    );
  };
  return {
    requested: () => requested,
    poll: () => {
      if (!listening && !requested) {
        listening = true;
        for (const signal of signals) process.on(signal, onSignal);
      }
      return requested;
    },
    release,
  };
}
