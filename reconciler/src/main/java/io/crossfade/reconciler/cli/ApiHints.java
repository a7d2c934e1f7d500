package io.crossfade.reconciler.cli;

/** What a person may do about what a router refuses. */
final class ApiHints {

  private ApiHints() {}

  /**
   * @param type the last part of a problem's type
   * @return empty where the problem says all
   */
  static String of(String type) {
    return switch (type) {
      case "stale-version" -> "hint: look again with 'rollout status', then name that version";
      case "version-missing" -> "hint: --version, as 'rollout status' or --dry-run shows it";
      case "gates-not-passed" ->
          "hint: --dry-run shows each gate; --force goes past them, on record";
      case "reason-missing" -> "hint: say why with --reason";
      case "percentage-out-of-range" -> "hint: --percent";
      case "unknown-stage" -> "hint: --stage legacy, shadow, canary, live or complete";
      case "unknown-kind" -> "hint: --kind, or --kind all";
      case "illegal-jump" -> "hint: --stage the next one, or 'rollout rollback' to go back";
      case "unauthorized" ->
          "hint: --user, and the password in CROSSFADE_API_PASSWORD or --password-file";
      case "forbidden" -> "hint: name an operator with --user; a viewer may look";
      case "too-many-logins", "logins-busy" -> "hint: wait half a minute and try again";
      case "run-at-work" -> "hint: 'runs' shows how far it is";
      case "outcome-unknown", "database-away" -> "hint: look again whether it was done";
      case "still-dead" -> "hint: 'deadletters show' has its reason; 'deadletters discard'";
      case "closed-already" -> "hint: 'deadletters show' says who dealt with it";
      default -> "";
    };
  }
}
