import { MessageFrames, type ResponseSigner } from './message-frame.ts';
import { type OrdinaryAnswer, shapeKey, shapeOf } from './ordinary-answer.ts';
import { ResponseTemplate } from './response-template.ts';

/** Everyday traffic has a few dozen shapes; whoever sends more of them at will shall not fill the memory. */
const MAX_TEMPLATES = 1_024;

/** The templates of one signer, each made when its shape first comes up. */
export class ResponseTemplates {
  readonly #responderId: ResponseSigner['responderId'];
  readonly #frames: MessageFrames;
  readonly #templates = new Map<number, ResponseTemplate>();

  constructor(signer: ResponseSigner) {
    this.#responderId = signer.responderId;
    this.#frames = new MessageFrames(signer);
  }

  /** The template for an answer of this shape. */
  of(answer: OrdinaryAnswer): ResponseTemplate {
    const key = shapeKey(answer);
    return this.#templates.get(key) ?? this.#make(key, answer);
  }

  #make(key: number, answer: OrdinaryAnswer): ResponseTemplate {
    if (this.#templates.size === MAX_TEMPLATES) this.#templates.clear();
    const template = new ResponseTemplate(this.#frames, this.#responderId, shapeOf(answer));
    this.#templates.set(key, template);
    return template;
  }
}
