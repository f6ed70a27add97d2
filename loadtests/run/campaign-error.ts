/** Something that the person who runs a campaign can put right: shown as one line, without a stack trace. */
export class CampaignError extends Error {
  override readonly name = 'CampaignError';
}
