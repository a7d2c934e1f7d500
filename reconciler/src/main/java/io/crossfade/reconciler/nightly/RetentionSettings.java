package io.crossfade.reconciler.nightly;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When what is old is forgotten, whether or not there is a night.
 *
 * @param every how often somebody looks
 * @param runs how long runs, their differences and reports are kept, and what explains those
 * @param accounts how long it is kept what became of all records
 * @param letters how long dead letters are kept after somebody has dealt with them; open ones stay
 * @param audit how long it is kept who did what
 */
@Validated
@ConfigurationProperties("crossfade.reconciler.retention")
public record RetentionSettings(
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration every,
    @DefaultValue("90d") @DurationMin(days = 1) Duration runs,
    @DefaultValue("90d") @DurationMin(days = 1) Duration accounts,
    @DefaultValue("90d") @DurationMin(days = 1) Duration letters,
    @DefaultValue("400d") @DurationMin(days = 1) Duration audit) {}
