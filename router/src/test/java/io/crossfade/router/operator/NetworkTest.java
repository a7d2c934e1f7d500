package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses, networks, and what is neither. */
class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.7, 10.0.0.7, true",
    "10.0.0.7, 10.0.0.6, false",
    "10.0.0.4/31, 10.0.0.5, true",
    "10.0.0.4/31, 10.0.0.6, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::ffff:10.0.0.1, 10.0.0.1, true"
  })
  void networkContainsItsAddresses(String network, String address, boolean contained) {
    assertThat(Network.valueOf(network).contains(Objects.requireNonNull(Network.address(address))))
        .isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy.internal",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.0/33",
        "fd00::/129",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0.0/-1",
        ":::",
        "1.2.3.4:80"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Network.valueOf(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
    "2001:db8:1:2::9, 2001:db8:1:2:0:0:0:0/64",
    "fe80::1%eth0, fe80:0:0:0:0:0:0:0/64",
    "::ffff:192.0.2.1, 192.0.2.1",
    "unknown, unknown"
  })
  void oneMachineHasAWholeNetworkOfIpv6(String address, String one) {
    assertThat(Network.ofOne(address)).isEqualTo(one);
  }
}
