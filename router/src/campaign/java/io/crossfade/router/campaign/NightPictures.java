package io.crossfade.router.campaign;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pictures of the overview, and of the page that its first line leads to, light and dark. */
final class NightPictures implements AutoCloseable {

  private static final double PATIENCE_MILLIS = 180_000;

  private final @Nullable Playwright playwright;
  private final @Nullable Page page;
  private final String base;
  private final Path home;

  private NightPictures(@Nullable Playwright playwright, String base, Path home, String chromium) {
    this.playwright = playwright;
    this.base = base;
    this.home = home;
    this.page = playwright == null ? null : logIn(playwright, base, chromium);
  }

  /**
   * Of a router; takes none where no browser is named.
   *
   * @param home directory of the pictures
   */
  static NightPictures of(int port, Path home) {
    String chromium = System.getProperty("crossfade.test.chromium", "");
    return new NightPictures(
        chromium.isEmpty()
            ? null
            : Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))),
        "http://127.0.0.1:" + port,
        home,
        chromium);
  }

  private static Page logIn(Playwright playwright, String base, String chromium) {
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of(chromium))
                    .setArgs(List.of("--no-sandbox")));
    Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 900));
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.navigate(base + "/console/login");
    page.fill("[name=username]", "viewer");
    page.fill("[name=password]", "rehearsal");
    page.click("button");
    page.waitForURL(base + "/console");
    return page;
  }

  /**
   * Takes those of a moment.
   *
   * @param next page that the first line leads to; empty for none
   */
  void take(int moment, String next) {
    if (page == null) {
      return;
    }
    for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
      take(page, moment, "overview", theme, "/console");
      if (!next.isEmpty()) {
        take(page, moment, "next", theme, next);
      }
    }
  }

  private void take(Page of, int moment, String what, ColorScheme theme, String path) {
    of.navigate(base + path);
    of.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(
                home.resolve(
                    "%02d-%s-%s.png"
                        .formatted(moment, what, theme.name().toLowerCase(Locale.ROOT)))));
  }

  @Override
  public void close() {
    if (playwright != null) {
      playwright.close();
    }
  }
}
