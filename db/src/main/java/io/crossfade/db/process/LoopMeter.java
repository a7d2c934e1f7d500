package io.crossfade.db.process;

/** Every meter of a process' loops; each has the tag {@code loop}. */
public enum LoopMeter {
  FAILURES("crossfade.process.loop.failures", "Steps that ended with an exception or an error"),
  RESTARTS("crossfade.process.loop.restarts", "Times that a loop was begun again after a failure"),
  SILENT("crossfade.process.loop.silent", "Since a step was finished or due, longest of all, s"),
  ALIVE("crossfade.process.loop.alive", "1 while every thread of the loop is alive, else 0");

  private final String id;
  private final String description;

  LoopMeter(String id, String description) {
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
