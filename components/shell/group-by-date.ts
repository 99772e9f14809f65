import type { ConversationSummary } from "@/lib/chat/schema.ts";

export interface DateGroup {
  readonly name: "Today" | "Yesterday" | "Previous 7 days" | "Older";
  readonly conversations: readonly ConversationSummary[];
}

const NAMES: readonly DateGroup["name"][] = ["Today", "Yesterday", "Previous 7 days", "Older"];

/** Groups conversations by the reader's calendar days since their last change; empty groups are left out. */
export function groupByDate(conversations: readonly ConversationSummary[], now: Date): DateGroup[] {
  const newestFirst = [...conversations].sort((left, right) => right.updatedAt.localeCompare(left.updatedAt));
  return NAMES.map((name) => ({
    name,
    conversations: newestFirst.filter(
      (conversation) => groupName(new Date(conversation.updatedAt), now) === name,
    ),
  })).filter((group) => group.conversations.length > 0);
}

function groupName(date: Date, now: Date): DateGroup["name"] {
  const daysAgo = calendarDay(now) - calendarDay(date);
  if (daysAgo <= 0) return "Today";
  if (daysAgo === 1) return "Yesterday";
  return daysAgo <= 7 ? "Previous 7 days" : "Older";
}

/** Days since 1970 of the local calendar date; counted in UTC so that a change of clocks loses no day. */
function calendarDay(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
}
