package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run that was killed knows when it goes on. */
class DiffStateTest {

  @TempDir private Path directory;

  @Test
  void knowsRangesThatWereReadToTheirEndAndNoOthers() throws Exception {
    RowKey end = key("a\nb", "");
    Suspect suspect = new Suspect(key("x", "y"), 1, 0, 9, new RowPlant(Side.RIGHT, 3));
    try (DiffState state = DiffState.open(directory)) {
      state.add(new Range(null, end));
      state.add(new Range(end, null));
      try (DataOutputStream out = state.write(0)) {
        suspect.write(out);
      }
      state.finish(0, new ChunkFigures(5, 6, 4, 1, Map.of(2, 3L, 7, 1L)));
      state.write(1).close();
    }
    Files.writeString(directory.resolve("ranges"), "done 1 7 7", StandardOpenOption.APPEND);

    try (DiffState state = DiffState.open(directory)) {
      assertThat(state.ranges()).containsExactly(new Range(null, end), new Range(end, null));
      assertThat(state.done()).containsOnlyKeys(0);
      assertThat(state.done().get(0)).isEqualTo(new ChunkFigures(5, 6, 4, 1, Map.of(2, 3L, 7, 1L)));
      try (DataInputStream in = state.readSuspects(0)) {
        assertThat(Suspect.read(in)).isEqualTo(suspect);
        assertThat(Suspect.read(in)).isNull();
      }
      state.write(1).close();
      state.finish(1, ChunkFigures.NONE);
    }
    try (DiffState state = DiffState.open(directory)) {
      assertThat(state.done()).containsOnlyKeys(0, 1);
      state.forget();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void knowsSinceWhenAndBeginsAnew() throws Exception {
    Instant begun;
    try (DiffState state = DiffState.open(directory)) {
      begun = state.begun();
      assertThat(begun).isBetween(Instant.now().minusSeconds(60), Instant.now());
      state.add(Range.ALL);
      state.write(0).close();
      state.finish(0, ChunkFigures.NONE);
    }
    Files.writeString(
        directory.resolve("ranges"),
        Files.readString(directory.resolve("ranges")).replaceFirst("begun \\d+", "begun 1000"));
    try (DiffState state = DiffState.open(directory)) {
      assertThat(state.begun()).isEqualTo(Instant.ofEpochSecond(1));
      state.beginAnew();
      assertThat(state.ranges()).isEmpty();
    }
    try (DiffState state = DiffState.open(directory)) {
      assertThat(state.done()).isEmpty();
      assertThat(state.begun()).isAfterOrEqualTo(begun);
    }
  }

  @Test
  void isOneProcessesAtATime() throws Exception {
    try (DiffState state = DiffState.open(directory)) {
      assertThat(state.ranges()).isEmpty();
      assertThatThrownBy(() -> DiffState.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Another process compares these tables");
    }
  }

  private static RowKey key(String... parts) {
    byte[][] bytes = new byte[parts.length][];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = parts[i].getBytes(StandardCharsets.UTF_8);
    }
    return new RowKey(bytes);
  }
}
