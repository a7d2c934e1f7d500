package io.crossfade.reconciler.accounting;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Accounting for every accepted record.
 *
 * @param enabled whether acceptances are noted
 * @param directory where, on a disk that outlives the process, else below the working directory;
 *     shared by the instances that one user runs on one machine, those of another system being left
 *     alone, and closed to all other users
 * @param entries acceptances in a segment, 32 bytes each
 * @param every how often segments are closed and accounted for
 * @param segments that may wait; the oldest beyond are given up, with an error
 */
@Validated
@ConfigurationProperties("crossfade.accounting")
public record AccountingSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("data/accounting") @NotNull Path directory,
    @DefaultValue("131072") @Min(64) @Max(1 << 24) int entries,
    @DefaultValue("20s") @DurationMin(millis = 50) Duration every,
    @DefaultValue("500") @Min(2) int segments) {}
