import { createHmac, timingSafeEqual } from 'node:crypto';
import { identifierProblem } from '@holdfast/core/internal';

export const USER_COOKIE = 'holdfast_user';

/**
 * Who the user is, in a cookie that only this server can make: `base64url(userId).hmac`.
 * Whoever holds the secret can be anyone.
 */
export class UserCookie {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The cookie's value for a user, who is not checked here. */
  sign(userId: string): string {
    const payload = Buffer.from(userId, 'utf8').toString('base64url');
    return `${payload}.${this.#hmac(payload).toString('base64url')}`;
  }

  /** The user of a cookie; undefined where there is none, or where it is not ours. */
  read(value: string | undefined): string | undefined {
    const [payload, signature, ...rest] = value?.split('.') ?? [];
    if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
    const given = Buffer.from(signature, 'base64url');
    const own = this.#hmac(payload);
    if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
    const userId = Buffer.from(payload, 'base64url').toString('utf8');
    return identifierProblem(userId) === undefined ? userId : undefined;
  }

  #hmac(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${USER_COOKIE}:${payload}`).digest();
  }
}
