package io.crossfade.db.budget;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What uploads and their records may take.
 *
 * @param heapShare of the heap that may be taken at once, from socket to row
 * @param maxRecord largest record, without its facts; a larger item is kept in the dead letters
 * @param maxFact largest JSON of one fact; a larger one is kept in the dead letters
 * @param bodyPatience how long a body may come slower than {@code bodyRate}, and a request's head
 *     take
 * @param bodyRate what must come of a body in each second after that
 * @param bodyDeadline how long a body may take in all
 */
@Validated
@ConfigurationProperties("crossfade.budget")
public record BudgetSettings(
    @DefaultValue("0.35") @DecimalMin("0.01") @DecimalMax("0.9") double heapShare,
    @DefaultValue("64KB") DataSize maxRecord,
    @DefaultValue("256KB") DataSize maxFact,
    @DefaultValue("10s") @DurationMin(millis = 1) Duration bodyPatience,
    @DefaultValue("2KB") DataSize bodyRate,
    @DefaultValue("2m") @DurationMin(millis = 1) Duration bodyDeadline) {

  /** The budget in this heap, bytes. */
  long bytes() {
    return (long) (Runtime.getRuntime().maxMemory() * heapShare);
  }
}
