"use client";

import { useEffect, useRef, useState } from "react";

/** Share of the waiting characters shown per frame: what arrives in gulps of 100 ms flows out evenly. */
const SHARE_PER_FRAME = 0.12;

/** The part of a growing text to show now; the whole text as soon as it stops growing. */
export function useSmoothText(text: string, isGrowing: boolean): string {
  const [shownLength, setShownLength] = useState(0);
  const target = useRef(text.length);
  target.current = text.length;

  useEffect(() => {
    if (!isGrowing) return;
    let frame = 0;
    const step = () => {
      setShownLength((shown) => shown + Math.ceil(Math.max(0, target.current - shown) * SHARE_PER_FRAME));
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [isGrowing]);

  if (!isGrowing) return text;
  return withoutLooseEnd(text.slice(0, shownLength));
}

/** Takes off half a character and half a marker, which would flicker. */
function withoutLooseEnd(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, "").replace(/[ \t]*\[\d{0,3}$/, "");
}
