package io.crossfade.router;

/** Every meter of the router, with its tags. */
public enum RouterMeter {
  ACCEPT("crossfade.router.accept", "How long an upload took to answer; tags endpoint, outcome"),
  RECORDS("crossfade.router.records", "Records by fate; tags kind, path, reason"),
  REFUSED("crossfade.router.refused", "Records that no path took; tag kind"),
  UNREADABLE("crossfade.router.unreadable", "Items kept in the dead letters; tags kind, reason"),
  TURNED_AWAY(
      "crossfade.router.turned.away",
      "Uploads not read to their end: NO_ROOM, SLOW, GAVE_WAY; tag reason"),
  COMING("crossfade.router.coming", "Uploads whose bodies are still coming"),
  MIRRORED("crossfade.router.mirrored", "Copies that the other path took; tags kind, path"),
  MIRROR_DROPPED(
      "crossfade.router.mirror.dropped",
      "Copies that the other path did not take; tags kind, path"),
  MIRROR_FORGOTTEN(
      "crossfade.router.mirror.forgotten",
      "Dropped copies and refused records that were not even noted"),
  CHECK_VALUE(
      "crossfade.router.check.value",
      "Last number of a check of one's own, NaN where the last answer was none; tag check"),
  CHECK_VERDICT(
      "crossfade.router.check.verdict",
      "0 passes, 1 inconclusive, 2 fails, as a check of one's own stands here; tag check"),
  AUTO_ROLLBACKS("crossfade.router.auto.rollbacks", "Rollbacks without a person; tag kind"),
  LOGINS(
      "crossfade.router.logins",
      "Logins by what came of them: checked, known, wrong, too-many-logins, logins-busy; tag"
          + " outcome"),
  FLAG_AGE("crossfade.router.flag.age", "Since the flags were last read"),
  FLAGS_ASIDE("crossfade.router.flags.aside", "Rows of the flags that cannot be used"),
  FLAGS_PENDING("crossfade.router.flags.pending", "Changes that count here and wait to be stored"),
  FLAGS_KEPT(
      "crossfade.router.flags.kept",
      "1 while what is known of the flags is on disk, 0 while it cannot be kept"),
  STAGE(
      "crossfade.router.stage",
      "0 legacy, 1 shadow, 2 canary, 3 live, 4 complete, 5 no stage; tag kind"),
  OPT_IN(
      "crossfade.router.opt.in",
      "1 while the stream also serves clients that ask for it by a _v2 endpoint, else 0; tag kind"),
  PERCENTAGE("crossfade.router.percentage", "Share of devices that the stream serves; tag kind");

  private final String id;
  private final String description;

  RouterMeter(String id, String description) {
    this.id = id;
    this.description = description;
  }

  public String id() {
    return id;
  }

  public String description() {
    return description;
  }
}
