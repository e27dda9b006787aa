const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML 1.0 cannot hold. */
const UNWRITABLE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Texts that hold nothing of the kind are most, and cost one look. */
const SPECIAL = /[&<>"\u0000-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;

/** A text as it stands in XML 1.0, in an element or an attribute; what XML cannot hold is left out. */
export function escapedXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(UNWRITABLE, '').replace(/[&<>"]/g, (mark) => ENTITIES[mark] ?? '');
}
