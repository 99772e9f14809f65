import Link from "next/link";
import { MessagePage } from "@/components/shell/message-page.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function NotFoundPage() {
  return (
    <MessagePage title="There is nothing here">
      <p>The address is wrong, what was here is gone, or it is not yours to see.</p>
      <Button asChild className="w-fit">
        <Link href="/">To the start page</Link>
      </Button>
    </MessagePage>
  );
}
