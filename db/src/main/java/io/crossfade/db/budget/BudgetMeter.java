package io.crossfade.db.budget;

/** Every meter of the budget. */
public enum BudgetMeter {
  USED("crossfade.budget.used", "Bytes in the process; tag stage"),
  MOST("crossfade.budget.most", "Bytes that a stage may hold at most; tag stage"),
  LIMIT("crossfade.budget.limit", "Bytes that may be in the process at once"),
  REFUSED("crossfade.budget.refused", "Times that there was no room; tag stage");

  private final String id;
  private final String description;

  BudgetMeter(String id, String description) {
    this.id = id;
    this.description = description;
  }

  public String id() {
    return id;
  }

  public String description() {
    return description;
  }
}
