/** Reasons that the server gives in English, and that have words of their own here. */

const REASONS = {
  'the call has been forwarded five times already': 'too_often',
  'the call has been there before': 'in_a_circle',
  'it leads back to the one who forwards': 'to_oneself',
  'it leads to the one who calls': 'to_the_caller',
  'no call is forwarded to an emergency number': 'emergency',
  'no call is forwarded to this code': 'code',
  'no call is forwarded to a conference room': 'room',
  'no call is forwarded to an attendant': 'menu',
  'nobody has this number': 'no_such_number',
  'this is no number': 'no_number',
  'no function has this code': 'no_such_code',
  'nobody inside has this number, and for outside it is too short': 'too_short',
  'this number is too long': 'too_long',
  'the area code is missing': 'area_missing',
  'this is no number of the country: the prefix is missing, or a digit': 'prefix_missing',
  'such numbers may not be called at this time': 'not_at_this_time',
  'this number may not be called': 'not_permitted',
  'free numbers may not be called from this extension': 'free',
  'local numbers may not be called from this extension': 'local',
  'national numbers may not be called from this extension': 'national',
  'mobile numbers may not be called from this extension': 'mobile',
  'international numbers may not be called from this extension': 'international',
  'premium numbers may not be called from this extension': 'premium',
  'no route leads to this number': 'no_route',
  "this is the caller's own number": 'own_number',
  'no phone is registered for this number': 'no_phone',
  'the teams hand this call on in a circle': 'teams_in_a_circle',
  'no phone of this team can be reached': 'no_team_phone',
  'calls without a number are not accepted here': 'anonymous',
  'does not want to be disturbed': 'not_disturbed',
} as const;
export type Reason = (typeof REASONS)[keyof typeof REASONS];

/** `null`: one of a newer server's. */
export function reasonOf(text: string): Reason | null {
  return Object.hasOwn(REASONS, text) ? REASONS[text as keyof typeof REASONS] : null;
}

export const EVERY_REASON: readonly Reason[] = Object.values(REASONS);
