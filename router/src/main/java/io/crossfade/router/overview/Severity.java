package io.crossfade.router.overview;

/** How soon somebody has to look, as the alert rules of Prometheus name it; the worst first. */
public enum Severity {
  CRITICAL,
  WARNING,
  INFO
}
