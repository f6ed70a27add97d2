/** One at a time, in the order asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` when everything asked for before has ended, well or not. */
  take<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
