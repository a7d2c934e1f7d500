package io.crossfade.legacy;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The legacy path.
 *
 * @param drainTimeout how long an orderly stop waits until the queues are written
 */
@Validated
@ConfigurationProperties("crossfade.legacy")
record LegacySettings(@DefaultValue("30s") @DurationMin(millis = 0) Duration drainTimeout) {}
