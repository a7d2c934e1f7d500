package io.crossfade.db;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/**
 * What a device reports per day or per week instead of per measurement. Constants are only ever
 * appended: the ordinal is part of the entry format, {@link #column} part of the schema.
 */
public enum FactType {
  SLEEP("sleep_data", Period.DAY),
  EXERCISE_DAILY("exercise_daily_data", Period.DAY),
  WORKOUT("workout_data", Period.DAY),
  SCIENTIFIC_SLEEP("scientific_sleep_data", Period.DAY),
  EXERCISE_WEEK("exercise_week_data", Period.WEEK);

  private enum Period {
    DAY,
    WEEK
  }

  private final String column;
  private final Period period;

  FactType(String column, Period period) {
    this.column = column;
    this.period = period;
  }

  /** Name of the fact in the table and of its column in the field's views. */
  public String column() {
    return column;
  }

  /** The day, or the Monday of the week, that a fact reported on {@code day} is about. */
  public LocalDate periodOf(LocalDate day) {
    return period == Period.DAY
        ? day
        : day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
  }
}
