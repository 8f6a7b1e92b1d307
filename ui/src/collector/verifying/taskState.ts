// How far the work on a claim has come, in the word that the list shows.

import type { TaskView } from "../../lib/bindings/TaskView";

export type TaskState = "todo" | "writing" | "waiting" | "sent";

export function taskState(task: TaskView): TaskState {
  if (task.draft) return "writing";
  if (task.waiting > 0) return "waiting";
  return task.reports > 0 || task.reported ? "sent" : "todo";
}

/** Whether the verifier has something to do about it. */
export function isToDo(task: TaskView): boolean {
  const state = taskState(task);
  return state === "todo" || state === "writing";
}
