package io.crossfade.reconciler.tables;

/** Which of the two tables. */
public enum Side {
  LEFT,
  RIGHT;

  Side other() {
    return this == LEFT ? RIGHT : LEFT;
  }

  /** For people. */
  public String label() {
    return this == LEFT ? "left" : "right";
  }
}
