package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TerminalWriterTest {

  @Test
  void terminalObeysOnlyUs() {
    StringWriter terminal = new StringWriter();
    PrintWriter out = new PrintWriter(new TerminalWriter(terminal, "\r"), true);
    out.print("\r50 %\tof ");
    out.write(0x1b);
    out.printf("%s%n", "[31m\u0007\u202e");
    assertThat(terminal.toString())
        .isEqualTo("\r50 %\tof \\u001b[31m\\u0007\\u202e" + System.lineSeparator());
  }
}
