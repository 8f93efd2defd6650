import fc from 'fast-check';

/** Text made of what could do harm, mixed with any other. */
export const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '|',
          '\\',
          '`',
          '```',
          '~~~',
          '\n',
          '\r\n',
          '<',
          '>',
          '<b>',
          '</td>',
          '<!--',
          '&',
          '&lt;',
        ],
        ...[
          '*',
          '**',
          '_',
          '__',
          '[',
          ']',
          '](x)',
          '![',
          '#',
          '# ',
          '-',
          '- ',
          '+ ',
          '1. ',
          '=',
          '~',
        ],
        ...[
          '$',
          '$$',
          '[^1]',
          'a',
          'B',
          '7',
          ' ',
          '  ',
          '\t',
          '🎬',
          '👩‍🚀',
          'שלום',
          '\u202E',
          '\u200F',
        ],
        ...['\u0000', '\u001B[31m', '\u2028', '\uD800', '日本', ':', '---', ':-:'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
