import { HoldfastError } from '@holdfast/core';

export interface Loan<Connection> {
  borrow(): Promise<Connection>;
  /** Takes a connection back that came too late. */
  giveBack(connection: Connection): void;
  /** How long to wait, in ms. */
  readonly timeout: number;
}

/** A connection of a pool; `unavailable` where none becomes free in time. */
export function borrowInTime<Connection>(loan: Loan<Connection>): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      reject(
        new HoldfastError('unavailable', {
          message: `no connection to the database became free within ${loan.timeout} ms`,
        }),
      );
    }, loan.timeout);
    Promise.resolve()
      .then(() => loan.borrow())
      .then(
        (connection) => {
          clearTimeout(timer);
          if (isTooLate) loan.giveBack(connection);
          else resolve(connection);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error);
        },
      );
  });
}
