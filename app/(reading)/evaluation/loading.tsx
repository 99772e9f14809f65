import { Skeleton, SkeletonText } from "@/components/ui/skeleton.tsx";

export default function EvaluationLoading() {
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-8 px-4 py-8 sm:px-6">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-44 w-full rounded-xl" />
      <SkeletonText lines={6} label="Loading the evaluation" />
    </div>
  );
}
