/**
 * The SDK, as small as it comes: only the resources we call. Importing the package's main entry costs about 125 ms;
 * this subset, tree-shaken into a chunk of its own, about 20. Nothing else imports the SDK at run time.
 */

import { BaseAnthropic } from '@anthropic-ai/sdk/client'
import { Messages } from '@anthropic-ai/sdk/resources/messages/messages'
import { Models } from '@anthropic-ai/sdk/resources/models'

export { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk/error'

export class Client extends BaseAnthropic {
  readonly messages: Messages = new Messages(this as never)
  readonly models: Models = new Models(this as never)
}
