/** The model that a new question would be answered by. */
export interface AnswerModel {
  readonly id: string;
  readonly label: string;
  readonly isBuiltin: boolean;
}
