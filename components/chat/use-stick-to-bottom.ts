"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** How far from the end, in pixels, still counts as "at the bottom". */
const NEAR_PIXELS = 80;

export interface StickToBottom {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isAtBottom: boolean;
  readonly jumpToBottom: () => void;
}

/** Follows growing content only while the reader is at its end; scrolling up lets go. */
export function useStickToBottom(): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const jumpToBottom = useCallback(() => {
    isFollowing.current = true;
    setIsAtBottom(true);
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, []);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    box.scrollTop = box.scrollHeight;
    let lastTop = box.scrollTop;
    const onScroll = () => {
      const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PIXELS;
      // Only a move upwards lets go: content that grew since the last scroll also leaves the end far away.
      if (isNear) isFollowing.current = true;
      else if (box.scrollTop < lastTop) isFollowing.current = false;
      lastTop = box.scrollTop;
      setIsAtBottom(isNear || isFollowing.current);
    };
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) box.scrollTop = box.scrollHeight;
    });
    box.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(inner);
    observer.observe(box);
    return () => {
      box.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, []);

  return { scroller, content, isAtBottom, jumpToBottom };
}
