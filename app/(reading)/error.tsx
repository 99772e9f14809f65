"use client";

// The same words, inside the frame with the sidebar.
export { default } from "../error.tsx";
