package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.FlagMemory.Kept;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router keeps of the flags is whole or not there, and nobody else's. */
class FlagFileTest {

  private static final String URL = "jdbc:mysql://localhost:3306/control";
  private static final Instant NOW = Instant.parse("2026-11-26T08:00:00.123456Z");

  @TempDir private Path base;

  @Test
  void comesBackAsItWasKept() throws IOException {
    Kept kept = kept(7, NOW, "r1", "r2");
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).isEmpty();
      file.keep(kept(6, NOW.minusSeconds(9)));
      file.keep(kept);
    }
    try (FlagFile again = new FlagFile(directory(), URL)) {
      assertThat(again.load()).contains(kept);
    }
  }

  /** Of no system yet: twice started without the database. */
  @Test
  void fileOfARouterThatNeverSawItsDatabaseIsRead() throws IOException {
    Kept of = kept(7, NOW);
    Kept kept = new Kept(new RolloutState("", -1, of.stored().kinds()), NOW, List.of());
    try (FlagFile file = new FlagFile(directory(), URL)) {
      file.keep(kept);
    }
    try (FlagFile again = new FlagFile(directory(), URL)) {
      assertThat(again.load()).contains(kept);
    }
  }

  /** Its flags are on as they were; a rollback that waits must not switch one on that is off. */
  @Test
  void fileOfAReleaseWithoutOptInIsRead() throws Exception {
    Kept kept = kept(7, NOW, "r1");
    try (FlagFile file = new FlagFile(directory(), URL)) {
      file.keep(kept);
    }
    Path path = files().stream().filter(FlagFileTest::json).findFirst().orElseThrow();
    String now = Files.readString(path);
    String body = now.substring(now.indexOf('\n') + 1).replaceAll(",\"optIn\":(true|false)", "");
    assertThat(now).hasSizeGreaterThan(body.length() + 64 + 1);
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
    Files.writeString(path, HexFormat.of().formatHex(digest) + "\n" + body);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      Kept older = file.load().orElseThrow();
      KindFlags health = kept.stored().of(Kind.HEALTH);
      assertThat(older.stored().of(Kind.HEALTH)).isEqualTo(health.withOptIn(true));
      assertThat(older.pending())
          .singleElement()
          .extracting(change -> change.flags().get(Kind.EVENT))
          .isEqualTo(KindFlags.SHADOW.withOptIn(false));
    }
  }

  @Test
  void belongsToOneSystem() throws IOException {
    try (FlagFile file = new FlagFile(directory(), URL);
        FlagFile other = new FlagFile(directory(), URL.replace("localhost", "elsewhere"))) {
      file.keep(kept(7, NOW));
      assertThat(other.load()).isEmpty();
    }
  }

  @Test
  void isClosedToOthers() throws IOException {
    try (FlagFile file = new FlagFile(directory(), URL)) {
      file.keep(kept(7, NOW));
      assertThat(permissions(directory())).isEqualTo("rwx------");
      assertThat(files()).isNotEmpty();
      for (Path each : files()) {
        assertThat(permissions(each)).as(each.toString()).isEqualTo("rw-------");
      }
    }
  }

  @Test
  void linkIsNotFollowed() throws IOException {
    Path elsewhere = base.resolve("elsewhere");
    try (FlagFile forged = new FlagFile(elsewhere, URL)) {
      forged.keep(kept(99, NOW));
    }
    Files.createSymbolicLink(directory(), elsewhere);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).isEmpty();
      assertThatThrownBy(() -> file.keep(kept(1, NOW)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("crossfade.rollout.directory")
          .hasMessageContaining("is a symbolic link");
    }
    Files.delete(directory());
    Files.createDirectory(directory());
    Path real = files(elsewhere).stream().filter(FlagFileTest::json).findFirst().orElseThrow();
    Files.createSymbolicLink(directory().resolve(real.getFileName()), real);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).isEmpty();
    }
  }

  @Test
  void fileThatIsDamagedAnywhereIsAsIfThereWereNone() throws IOException {
    Kept kept = kept(7, NOW, "r1");
    try (FlagFile file = new FlagFile(directory(), URL)) {
      file.keep(kept);
    }
    Path whole = files().stream().filter(FlagFileTest::json).findFirst().orElseThrow();
    byte[] content = Files.readAllBytes(whole);
    for (int at = 0; at < content.length; at += 7) {
      byte[] turned = content.clone();
      turned[at] ^= 1;
      damaged(whole, turned);
      damaged(whole, Arrays.copyOf(content, at));
    }
    Files.write(whole, content);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).as("undamaged").contains(kept);
    }
  }

  private void damaged(Path whole, byte[] content) throws IOException {
    Files.write(whole, content);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).isEmpty();
      assertThat(whole.resolveSibling(whole.getFileName() + ".unreadable")).exists();
      assertThat(whole).doesNotExist();
    }
  }

  @Test
  void halfWrittenSuccessorLeavesTheFormer() throws IOException {
    Kept kept = kept(7, NOW);
    try (FlagFile file = new FlagFile(directory(), URL)) {
      file.keep(kept);
    }
    Path whole = files().stream().filter(FlagFileTest::json).findFirst().orElseThrow();
    Files.writeString(whole.resolveSibling(whole.getFileName() + ".next"), "12");
    try (FlagFile file = new FlagFile(directory(), URL)) {
      assertThat(file.load()).contains(kept);
      file.keep(kept(8, NOW));
      assertThat(files()).noneMatch(each -> each.toString().endsWith(".next"));
    }
  }

  @Test
  void routersThatShareADirectoryHaveAFileEachAndTakeOverWhatOthersLeft() throws IOException {
    FlagFile one = new FlagFile(directory(), URL);
    FlagFile two = new FlagFile(directory(), URL);
    one.keep(kept(7, NOW, "r1"));
    two.keep(kept(8, NOW.plusSeconds(1), "r1", "r2"));
    try (FlagFile third = new FlagFile(directory(), URL)) {
      assertThat(third.load()).as("both live").isEmpty();
    }
    one.close();
    two.close();
    try (FlagFile next = new FlagFile(directory(), URL)) {
      assertThat(next.load()).contains(kept(8, NOW.plusSeconds(1), "r1", "r2"));
      assertThat(files().stream().filter(FlagFileTest::json)).hasSize(1);
    }
  }

  /**
   * Decided on two routers that are gone: in the order of time; what is of another system stays
   * out.
   */
  @Test
  void whatSeveralLeftIsTakenOverInTheOrderInWhichItWasDecided() throws IOException {
    FlagFile one = new FlagFile(directory(), URL);
    FlagFile two = new FlagFile(directory(), URL);
    FlagFile three = new FlagFile(directory(), URL);
    FlagFile four = new FlagFile(directory(), URL);
    one.keep(kept(7, NOW, "r3"));
    two.keep(kept(8, NOW.plusSeconds(2), "r2"));
    three.keep(of("", kept(-1, NOW.plusSeconds(1), "r1")));
    four.keep(of("another", kept(99, NOW.minusSeconds(1), "r0")));
    for (FlagFile each : List.of(one, two, three, four)) {
      each.close();
    }
    try (FlagFile next = new FlagFile(directory(), URL)) {
      Kept all = next.load().orElseThrow();
      assertThat(all.stored().version()).as("the newest").isEqualTo(8);
      assertThat(all.pending()).extracting(PendingChange::id).containsExactly("r1", "r2", "r3");
      assertThat(next.load()).as("kept as its own").contains(all);
    }
  }

  private static Kept of(String system, Kept kept) {
    RolloutState stored = kept.stored();
    return new Kept(
        new RolloutState(system, stored.version(), stored.kinds()), kept.asOf(), kept.pending());
  }

  @Test
  void oneRouterMoreThanFitsIsRefused() throws IOException {
    List<FlagFile> routers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      FlagFile router = new FlagFile(directory(), URL);
      routers.add(router);
      router.keep(kept(i, NOW));
    }
    try (FlagFile more = new FlagFile(directory(), URL)) {
      assertThatThrownBy(() -> more.keep(kept(1, NOW)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("64 routers have their flags in ");
      routers.getLast().close();
      more.keep(kept(1, NOW));
    }
    for (FlagFile router : routers) {
      router.close();
    }
  }

  @Test
  void placeThatCannotBeUsedIsAsIfThereWereNothingAndSaysSoWhenKept() throws IOException {
    Path file = Files.writeString(base.resolve("file"), "");
    try (FlagFile flags = new FlagFile(file, URL)) {
      assertThat(flags.load()).isEmpty();
      assertThatThrownBy(() -> flags.keep(kept(1, NOW))).hasMessageContaining(file.toString());
    }
  }

  private Path directory() {
    return base.resolve("flags");
  }

  private List<Path> files() throws IOException {
    return files(directory());
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    }
  }

  private static boolean json(Path file) {
    return file.toString().endsWith(".json");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Kept kept(long version, Instant asOf, String... pending) {
    KindFlags canary =
        new KindFlags(
            new Cohort(1_234, Set.of("d1"), Set.of("d2", "d3"), Set.of(5L), Set.of()), true, false);
    return new Kept(
        new RolloutState("one", version, Map.of(Kind.HEALTH, canary)),
        asOf,
        Stream.of(pending)
            .map(
                id ->
                    new PendingChange(
                        id,
                        NOW.plusMillis(id.charAt(1)),
                        Map.of(Kind.EVENT, KindFlags.SHADOW),
                        new Note(Origin.ROLLBACK, "ann", "why “so”", null, true, "{\"a\":1}")))
            .toList());
  }
}
