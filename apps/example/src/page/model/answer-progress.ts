/** What a page knows of an answer that is on its way. */
export class AnswerProgress {
  #isSending = false;
  #isFollowing = false;
  #isStopping = false;
  /** What has been said of it and is not stored yet. */
  text = '';

  /** Whether this page waits for an answer that it has asked for. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Whether one is on its way that was asked for elsewhere. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  get isOn(): boolean {
    return this.#isSending || this.#isFollowing;
  }

  get isStopping(): boolean {
    return this.#isStopping && this.isOn;
  }

  /** This page asks for one. */
  send(): void {
    this.#isSending = true;
    this.#isStopping = false;
    this.text = '';
  }

  follow(): void {
    this.#isFollowing = true;
  }

  /** Marks it as one that is to stop; false where there is none, or it is to stop already. */
  stop(): boolean {
    if (!this.isOn || this.#isStopping) return false;
    this.#isStopping = true;
    return true;
  }

  end(): void {
    this.#isSending = false;
    this.#isFollowing = false;
    this.#isStopping = false;
    this.text = '';
  }
}
