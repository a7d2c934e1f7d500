package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.control.RecordedFlags.Devices;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordedFlagsTest {

  private static final RecordedFlags FLAGS =
      new RecordedFlags(
          new Devices(1_250, Set.of("W1"), Set.of("W2"), Set.of(7L), Set.of(8L)), true);

  @Test
  void isReadAsItWasWritten() {
    assertThat(RecordedFlags.parse(FLAGS.json())).isEqualTo(FLAGS);
  }

  @Test
  void isWrittenAsEveryReleaseWroteIt() {
    assertThat(FLAGS.json())
        .isEqualTo(
            "{\"cohort\":{\"basisPoints\":1250,\"allowDevices\":[\"W1\"],\"denyDevices\":[\"W2\"],"
                + "\"allowCustomers\":[7],\"denyCustomers\":[8]},\"dualWrite\":true}");
  }

  @Test
  void partThatCannotBeReadLeavesTheOther() {
    assertThat(RecordedFlags.parse("{\"cohort\":{\"share\":3},\"dualWrite\":false}"))
        .isEqualTo(new RecordedFlags(null, false));
    assertThat(RecordedFlags.parse("{\"dualWrite\":true}"))
        .isEqualTo(new RecordedFlags(null, true));
    assertThat(RecordedFlags.parse(FLAGS.json().replace("true", "\"maybe\"")))
        .isEqualTo(new RecordedFlags(FLAGS.devices(), null));
  }

  @Test
  void flagsThatSayMoreAreNotTakenForWhole() {
    RecordedFlags more =
        RecordedFlags.parse(FLAGS.json().replace("true}", "true,\"until\":\"noon\"}"));
    assertThat(more.whole()).isEmpty();
    assertThat(more.dualWrite()).isTrue();
  }

  @Test
  void whatIsNoJsonSaysNothing() {
    assertThat(RecordedFlags.parse("{\"cohort\":")).isEqualTo(new RecordedFlags(null, null));
    assertThat(RecordedFlags.parse("")).isEqualTo(new RecordedFlags(null, null));
    assertThat(RecordedFlags.parse("null").whole()).isEmpty();
  }
}
