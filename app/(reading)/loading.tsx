import { SkeletonText } from "@/components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <div className="mx-auto max-w-(--container-measure) px-6 py-10">
      <SkeletonText lines={6} label="Loading the page" />
    </div>
  );
}
