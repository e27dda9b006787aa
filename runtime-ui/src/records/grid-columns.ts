import type { ScreenField } from '../../../engine/src/compiler/screen.ts';

/** Room of a column in rem: what it never goes below, and its part of what is left over (0: it does not grow). */
interface Room {
  readonly least: number;
  readonly share: number;
}

const ROOMS: Readonly<Record<string, Room>> = {
  link: { least: 8, share: 2 },
  text: { least: 7, share: 1.6 },
  money: { least: 6.5, share: 1 },
  quantity: { least: 4.5, share: 0.6 },
  percent: { least: 4.5, share: 0.5 },
  integer: { least: 4.5, share: 0.6 },
  decimal: { least: 5.5, share: 0.8 },
  boolean: { least: 4.5, share: 0 },
  date: { least: 9.5, share: 0 },
};
const OTHER: Room = { least: 8, share: 1 };
/** Short codes such as units need less room than names. */
const LATER_LINK: Room = { least: 4.5, share: 0.7 };

/** Room of one letter of a header, which is set in the extra small size, and of the padding beside it. */
const LETTER = 0.46;
const PADDING = 1.25;
/** A word longer than this is broken: no header may push the figures off the screen. */
const LONGEST_HEADER = 9;

/** Room that the longest word of a label needs; a header goes on to a second line between its words, not inside one. */
function headerRoom(label: string): number {
  const longest = Math.max(...label.split(/[\s-]+/).map((word) => word.length));
  return Math.min(LONGEST_HEADER, longest * LETTER + PADDING);
}

/** The grid column (CSS) of a field: as wide as its kind of value needs, and wide enough for the words of its header. */
function columnOf(field: Pick<ScreenField, 'type' | 'label'>, index: number): string {
  const room = field.type === 'link' && index > 0 ? LATER_LINK : (ROOMS[field.type] ?? OTHER);
  const least = `${Number(Math.max(room.least, headerRoom(field.label)).toFixed(2))}rem`;
  return room.share === 0 ? least : `minmax(${least}, ${room.share}fr)`;
}

/** The columns of a lines grid as CSS: the row number, the fields, and the room of the row's button when it has one. */
export function gridTemplate(fields: readonly Pick<ScreenField, 'type' | 'label'>[], hasButton: boolean): string {
  return ['2.5rem', ...fields.map(columnOf), ...(hasButton ? ['2.5rem'] : [])].join(' ');
}
