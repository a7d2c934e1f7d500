package io.crossfade.bad.reconciler;

/** Has a table of the control schema that others write in SQL text, in parts. */
final class ReadingReconciler {

  private static final String TABLE = "rollout_" + "change";

  String sql(String where) {
    return "SELECT flags_before FROM " + TABLE + " WHERE " + where;
  }
}
