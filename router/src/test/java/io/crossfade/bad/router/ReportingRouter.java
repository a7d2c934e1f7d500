package io.crossfade.bad.router;

/** Has a table in SQL text that is the reconciler's own. */
final class ReportingRouter {

  String sql() {
    return "SELECT html FROM report WHERE id = ?";
  }
}
