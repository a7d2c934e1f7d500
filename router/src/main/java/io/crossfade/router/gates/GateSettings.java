package io.crossfade.router.gates;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What the gates ask for.
 *
 * @param consistency least share of records that agree, percent; the lower bound of 95 % that holds
 *     at every look counts
 * @param soak how long a stage lasts at least
 * @param backlogAge greatest age of an entry whose row is not committed
 * @param latencyRatio accept-to-row p95 of the stream by that of the legacy path, at most
 * @param errors greatest share of records meant for the stream that fell back, percent
 * @param throughputRatio rows per second of writing, stream by legacy, at least
 * @param legacyHeld records that the memory queues of all routers may hold: copies on their way
 * @param samples records below which shares and percentiles say nothing
 * @param freshness age above which the newest comparison is no evidence
 */
@Validated
@ConfigurationProperties("crossfade.gates")
public record GateSettings(
    @DefaultValue("99.9") @DecimalMin("0") @DecimalMax("100") double consistency,
    @DefaultValue("7d") @DurationMin(millis = 0) Duration soak,
    @DefaultValue("60s") @DurationMin(millis = 1) Duration backlogAge,
    @DefaultValue("0.5") @DecimalMin("0") double latencyRatio,
    @DefaultValue("0.1") @DecimalMin("0") @DecimalMax("100") double errors,
    @DefaultValue("2") @DecimalMin("0") double throughputRatio,
    @DefaultValue("1000") @Min(0) long legacyHeld,
    @DefaultValue("1000") @Min(1) long samples,
    @DefaultValue("5m") @DurationMin(millis = 1) Duration freshness) {}
