package io.crossfade.reconciler.nightly;

import jakarta.validation.Valid;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.validation.annotation.Validated;

/**
 * When the day before is compared, and who is told.
 *
 * @param cron when, as Spring writes it: second, minute, hour, day, month, weekday; {@code -} never
 * @param zone in which the cron expression and the day are meant
 * @param patience how long a run that is due waits for a path that is behind the day's end
 */
@Validated
@ConfigurationProperties("crossfade.reconciler.nightly")
public record NightlySettings(
    @DefaultValue("0 30 2 * * *") String cron,
    @DefaultValue("Asia/Shanghai") ZoneId zone,
    @DefaultValue("1h") @DurationMin(millis = 0) Duration patience,
    @DefaultValue @Valid Webhook webhook) {

  static final String NEVER = "-";

  public NightlySettings {
    if (!NEVER.equals(cron) && !CronExpression.isValidExpression(cron)) {
      throw new IllegalArgumentException(
          "crossfade.reconciler.nightly.cron is no cron expression: " + cron);
    }
  }

  /** When to tell. */
  public enum On {
    /** When a night fails. */
    FAIL,
    /** Every night. */
    EVERY_RUN
  }

  /**
   * Whom to tell.
   *
   * @param url where to POST; often holds a secret, and is never logged
   * @param template the JSON that is sent; {@code {{text}}} and the other names of {@link
   *     WebhookMessage} stand for values. The default is what DingTalk and WeCom robots take
   * @param link what leads a person to a report; its id is put at the end
   */
  public record Webhook(
      @Nullable URI url,
      @DefaultValue("FAIL") On on,
      @DefaultValue("{\"msgtype\":\"text\",\"text\":{\"content\":\"{{text}}\"}}") String template,
      @DefaultValue("") String link) {

    public Webhook {
      if (url != null && !"https".equals(url.getScheme()) && !"http".equals(url.getScheme())) {
        throw new IllegalArgumentException(
            "crossfade.reconciler.nightly.webhook.url must begin with https:// or http://");
      }
      WebhookMessage.check(template);
    }

    @Override
    public String toString() {
      return "Webhook[on=%s]".formatted(on);
    }
  }
}
