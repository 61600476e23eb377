// Ctrl-C: the first one asks the run to stop, which prints and certifies what it has; the second one ends at once.
export interface Interrupt {
  readonly requested: () => boolean;
  readonly release: () => void;
}

export function listenForInterrupt(say: (text: string) => void): Interrupt {
  let requested = false;
  const onSignal = (): void => {
    if (requested) process.exit(130);
    requested = true;
    say(
      '\nstopping: the best point so far is certified and printed (Ctrl-C again to end at once)\n',
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    requested: () => requested,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
