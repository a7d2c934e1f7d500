package io.crossfade.router.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import io.crossfade.db.CutLink;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** An operator and a viewer at the console, in a real browser. */
class ConsoleBrowserIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PACE = Duration.ofMillis(60);
  private static final int DEVICES = 40;
  private static final AtomicBoolean stopped = new AtomicBoolean();
  private static final AtomicInteger uploads = new AtomicInteger();
  private static final List<String> complaints = new CopyOnWriteArrayList<>();
  private static ConfigurableApplicationContext router;
  private static DataSource stream;
  private static String base;
  private static Thread fleet;
  private static Playwright playwright;
  private static Browser browser;

  @BeforeAll
  static void start() {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.reconciler.settle=0s",
                "--crossfade.rollout.compare-every=2s",
                "--crossfade.gates.soak=0s",
                "--crossfade.gates.consistency=95",
                "--crossfade.gates.samples=100",
                "--crossfade.reconciler.nightly.cron=* * * * * *"));
    stream = router.getBean("streamDataSource", DataSource.class);
    base = "http://127.0.0.1:" + router.getEnvironment().getProperty("local.server.port");
    Http http = Http.of(router);
    fleet =
        Thread.ofPlatform()
            .daemon(true)
            .start(
                () -> {
                  while (!stopped.get()) {
                    // Two cores are shared with the browser and four servers.
                    LockSupport.parkNanos(PACE.toNanos());
                    int number = uploads.incrementAndGet();
                    http.post(
                        "/upload_health_data", Http.health("WATCH" + number % DEVICES, number));
                    http.post(
                        "/upload_device_info", "{\"SerialNumber\":\"WATCH%d\"}".formatted(number));
                    http.post(
                        "/upload_common_event",
                        "{\"deviceSn\":\"WATCH%d\",\"eventType\":\"X%d\"}"
                            .formatted(number % DEVICES, number));
                  }
                });
    http.post("/upload_device_info", "[{\"battery\":\"<script>alert(1)</script>\"}]");
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of(System.getProperty("crossfade.test.chromium")))
                    .setArgs(List.of("--no-sandbox")));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    stopped.set(true);
    fleet.join(TimeUnit.SECONDS.toMillis(30));
    playwright.close();
    router.close();
  }

  @Test
  void operatorRollsOutRollsBackFindsAndRepairs() {
    Page page = page(1280, 900, "en-GB");
    page.navigate(base + "/console");
    assertThat(page).hasURL(base + "/console/login");
    logIn(page, "operator", "guess");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("do not fit");
    logIn(page, "operator", "rehearsal");
    assertThat(page).hasURL(base + "/console");
    assertThat(card(page).locator(".stage")).hasText("shadow");
    String shownAt = page.locator("time").first().textContent();
    await()
        .atMost(PATIENCE)
        .until(() -> !shownAt.equals(page.locator("time").first().textContent()));
    await().atMost(PATIENCE).until(() -> rate(page, "legacy") > 0);
    assertThat(card(page).locator(".badge.pass"))
        .hasText(
            "pass",
            new LocatorAssertions.HasTextOptions().setTimeout((double) PATIENCE.toMillis()));

    page.locator("nav").getByRole(AriaRole.LINK, inside("Rollout")).click();
    Locator health = page.locator("#kind-health");
    assertThat(health.locator(".gates .badge.pass"))
        .hasCount(
            5, new LocatorAssertions.HasCountOptions().setTimeout((double) PATIENCE.toMillis()));
    health.getByLabel("Percentage").fill("50");
    health.getByRole(AriaRole.BUTTON, inside("Dry run")).click();
    assertThat(page.locator("#plan-health")).containsText("What it would do");
    assertThat(health.locator(".stages .now")).hasText("shadow");
    health.getByRole(AriaRole.BUTTON, inside("Change")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("A reason is wanted");
    health.getByLabel("Percentage").fill("50");
    health.locator("form").first().locator("[name=reason]").fill("half of <b>all</b>");
    health.getByRole(AriaRole.BUTTON, inside("Change")).click();
    assertThat(health.locator(".stages .now")).hasText("canary 50.00 %");
    assertThat(page.locator("#history tbody tr").first()).containsText("half of <b>all</b>");

    page.locator("nav").getByRole(AriaRole.LINK, inside("Overview")).click();
    await().atMost(PATIENCE).until(() -> rate(page, "stream") > 0 && rate(page, "legacy") > 0);

    page.locator("nav").getByRole(AriaRole.LINK, inside("Rollout")).click();
    health.getByLabel("Go to").selectOption("complete");
    health.locator("form").first().locator("[name=reason]").fill("too fast");
    health.getByRole(AriaRole.BUTTON, inside("Change")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("skips");
    assertThat(health.locator(".stages .now")).hasText("canary 50.00 %");

    page.getByRole(AriaRole.BUTTON, named("Roll back")).first().click();
    Locator question = page.locator("#rollback");
    assertThat(question).containsText("Uploads to _v2 endpoints, too");
    assertThat(question).containsText("Copies to the stream go on");
    question.getByLabel("Reason").fill("the night shift is careful");
    question.getByRole(AriaRole.BUTTON, inside("Roll back now")).click();
    assertThat(page.locator("#receipt"))
        .containsText(
            "Everything that was in the streams",
            new LocatorAssertions.ContainsTextOptions().setTimeout((double) PATIENCE.toMillis()));
    assertThat(health.locator(".stages .now")).hasText("shadow");
    assertThat(page.locator("#receipt")).containsText("_v2 opt-in off");
    assertThat(health.locator(".opt-in .badge")).hasText("off");
    page.locator("nav").getByRole(AriaRole.LINK, inside("Overview")).click();
    await().atMost(PATIENCE).until(() -> rate(page, "stream") == 0 && rate(page, "legacy") > 0);
    assertThat(card(page).locator(".opt-in")).containsText("off");

    page.locator("nav").getByRole(AriaRole.LINK, inside("Device")).click();
    page.getByLabel("Serial number").fill("WATCH7");
    page.getByRole(AriaRole.BUTTON, named("Show")).click();
    assertThat(page.locator("#paths")).containsText("the opt-in is off: as any other upload");
    page.locator("nav").getByRole(AriaRole.LINK, inside("Rollout")).click();
    health.locator("[action$=opt-in] [name=reason]").fill("the stream is well again");
    health.getByRole(AriaRole.BUTTON, inside("Switch the _v2 opt-in on")).click();
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("shadow, _v2 opt-in off → shadow");
    assertThat(health.locator(".opt-in .badge")).hasText("on");
    assertThat(health.locator(".stages .now")).hasText("shadow");
    assertThat(page.locator("#history tbody tr").first()).containsText("the stream is well again");

    int planted =
        TestOutputs.update(
            stream,
            "UPDATE t_user_health_data SET heart_rate = 199 WHERE device_sn = 'WATCH7' ORDER BY"
                + " stamp LIMIT 1");
    assertThat(planted).isEqualTo(1);
    page.locator("nav").getByRole(AriaRole.LINK, inside("Differences")).click();
    page.getByRole(AriaRole.BUTTON, named("Compare now")).click();
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("has begun");
    assertThat(page.getByRole(AriaRole.STATUS).locator("a"))
        .hasText(
            Pattern.compile("Show run \\d+"),
            new LocatorAssertions.HasTextOptions().setTimeout((double) PATIENCE.toMillis()));
    page.getByRole(AriaRole.STATUS).locator("a").click();
    assertThat(page.locator("#headline"))
        .isVisible(
            new LocatorAssertions.IsVisibleOptions().setTimeout((double) PATIENCE.toMillis()));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              String run = newest(page, "on demand");
              page.navigate(base + "/console/differences?device=WATCH7&run=" + run);
              return page.locator("#differences").count() == 1
                  && page.locator("#headline").count() == 1;
            });
    assertThat(page.locator("#differences")).containsText("fields differ");
    assertThat(page.locator("#headline")).containsText("1 unexplained");
    assertThat(page.locator("#headline")).containsText("planted found, 0 invented");
    page.getByRole(AriaRole.BUTTON, named("Both rows")).click();
    assertThat(page.locator("tr.differs")).containsText("199");
    page.keyboard().press("Escape");
    assertThat(page.locator("tr.differs")).hasCount(0);
    page.getByRole(AriaRole.BUTTON, named("Both rows")).click();
    assertThat(page.locator("tr.differs")).containsText("199");
    page.getByRole(AriaRole.BUTTON, named("Both rows")).click();
    assertThat(page.locator("tr.differs")).hasCount(0);
    page.locator(".chip", chip("heart_rate")).click();
    assertThat(page).hasURL(Pattern.compile("device=WATCH7.*column=heart_rate"));
    assertThat(page.locator(".chip.now")).containsText("heart_rate 1");
    page.getByLabel("Order").selectOption("time");
    page.getByRole(AriaRole.BUTTON, named("Show")).first().click();
    assertThat(page).hasURL(Pattern.compile("order=time"));
    page.locator(".chip", chip("fields differ")).click();
    assertThat(page).hasURL(Pattern.compile("order=time.*class=FIELDS_DIFFER"));
    page.locator(".chip.now", chip("fields differ")).click();
    page.locator(".chip.now", chip("heart_rate")).click();
    assertThat(page.locator(".chip.now")).hasCount(0);
    checkInBothLanguagesAndWidths(page);
    listStandsStillWhileSomethingIsPicked(page);
    page.getByLabel("Where fields differ").selectOption("legacy");
    Locator button = page.locator("#repair-picked");
    assertThat(button).isDisabled();
    page.locator("#pick-all").check();
    assertThat(button).hasText("Repair 1 row…");
    button.click();
    Locator dialog = page.locator("#repair-plan");
    assertThat(dialog).isVisible();
    assertThat(dialog).containsText("Rows to repair: 1");
    assertThat(dialog).containsText("Only the rows that you picked");
    page.keyboard().press("Escape");
    assertThat(dialog).isHidden();
    page.locator("#repair-matching").click();
    assertThat(dialog).containsText("All that match this filter");
    assertThat(dialog.locator(".filter")).containsText("WATCH7");
    assertThat(dialog).containsText("1 rows to the stream output");
    assertThat(dialog.locator("#changes tbody tr")).hasCount(1);
    assertThat(dialog.locator("#changes")).containsText("heart_rate: 199 → ");
    assertThat(dialog.locator("#changes")).containsText("memory queue → stream");
    assertThat(dialog.locator("pre")).isHidden();
    Download script =
        page.waitForDownload(
            () -> dialog.getByRole(AriaRole.BUTTON, inside("Statements as .sql")).click());
    assertThat(script.suggestedFilename()).matches("crossfade-repair-run-\\d+\\.sql");
    assertThat(script.path()).content().contains("-- All 1 statements", "UPDATE `");
    check(page, "repair", "en-GB", 1280);
    page.setViewportSize(390, 844);
    check(page, "repair", "en-GB", 390);
    page.setViewportSize(1280, 900);
    dialog.getByLabel("Reason").fill("a test planted it");
    dialog.getByRole(AriaRole.BUTTON, inside("Repair 1 row now")).click();
    assertThat(page).hasURL(Pattern.compile("device=WATCH7"));
    assertThat(page.locator(".plan")).containsText("Repaired");
    assertThat(
            TestOutputs.number(
                stream, "SELECT COUNT(*) FROM t_user_health_data WHERE heart_rate = 199"))
        .isZero();

    page.locator("nav").getByRole(AriaRole.LINK, inside("Dead letters")).click();
    page.locator("summary").first().click();
    assertThat(
            page.locator("article")
                .filter(new Locator.FilterOptions().setHasText("<script>alert(1)</script>"))
                .first())
        .isVisible();
    page.locator("[action$=discard] [name=reason]").first().fill("a person typed it");
    page.getByRole(AriaRole.BUTTON, named("Discard")).first().click();
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("given up");

    page.locator("nav").getByRole(AriaRole.LINK, inside("Device")).click();
    page.getByLabel("Serial number").fill("WATCH7");
    page.getByRole(AriaRole.BUTTON, named("Show")).click();
    assertThat(page.locator("#paths")).containsText("beyond the share");
    assertThat(page.locator("section.card").first()).containsText("t_user_health_data");

    page.locator("nav").getByRole(AriaRole.LINK, inside("Reports")).click();
    page.locator("#reports tbody a").first().click();
    assertThat(page.frameLocator("iframe").locator("h1")).hasText("Do the two outputs agree?");
    page.navigate(base + "/togglz-console/index");
    page.locator("a[href*='edit?f=HEALTH_STREAM']").first().click();
    page.locator("#strategy").selectOption(new SelectOption().setLabel("Device cohort"));
    assertThat(page.locator(".param:visible").first()).isVisible();
    page.navigate(base + "/console");
    page.getByRole(AriaRole.BUTTON, named("Log out")).click();
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("logged out");
    page.navigate(base + "/console");
    assertThat(page).hasURL(base + "/console/login");
    assertThat(complaints).isEmpty();
    page.context().close();
  }

  /** With differences on it. */
  private static void checkInBothLanguagesAndWidths(Page page) {
    for (String language : List.of("zh-CN", "en")) {
      page.navigate(page.url().replaceAll("&lang=.*", "") + "&lang=" + language);
      assertThat(page.locator(".facets")).isVisible();
      for (int width : new int[] {390, 1280}) {
        page.setViewportSize(width, 900);
        check(page, "found", language, width);
      }
    }
  }

  /** A repair of somebody else goes on meanwhile. */
  private static void listStandsStillWhileSomethingIsPicked(Page page) {
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    String run = page.url().replaceAll(".*run=(\\d+).*", "$1");
    TestOutputs.update(
        control,
        "INSERT INTO repair (comparison_id, actor, reason, selection, selected, started_at) VALUES"
            + " (%s, 'ann', 'x', 'all', 5, UTC_TIMESTAMP(3))".formatted(run));
    page.reload();
    assertThat(page.locator("#run-state")).containsText("by ann is at work on 5 rows");
    page.locator("#pick-all").check();
    TestOutputs.update(control, "UPDATE difference SET repair_id = 0 WHERE comparison_id = " + run);
    assertThat(page.locator("#held"))
        .isVisible(
            new LocatorAssertions.IsVisibleOptions().setTimeout((double) PATIENCE.toMillis()));
    assertThat(page.locator("[name=row]")).isChecked();
    assertThat(page.locator("#repair-picked")).hasText("Repair 1 row…");
    assertThat(page.locator("#differences .badge.pass")).hasCount(0);
    page.locator("#pick-all").uncheck();
    assertThat(page.locator("#differences .badge.pass"))
        .hasText(
            "repaired",
            new LocatorAssertions.HasTextOptions().setTimeout((double) PATIENCE.toMillis()));
    assertThat(page.locator("#held")).isHidden();
    assertThat(page.locator("#repair-matching")).isDisabled();
    TestOutputs.update(
        control, "UPDATE difference SET repair_id = NULL WHERE comparison_id = " + run);
    TestOutputs.update(control, "UPDATE repair SET finished_at = UTC_TIMESTAMP(3)");
    assertThat(page.locator("[hx-trigger*=every]"))
        .hasCount(
            0, new LocatorAssertions.HasCountOptions().setTimeout((double) PATIENCE.toMillis()));
    assertThat(page.locator("#differences .badge.pass")).hasCount(0);
    assertThat(page.locator("#repair-matching")).isEnabled();
  }

  /** Of a long letter the list shows the beginning; its own page has all of it. */
  @Test
  void letterIsReadWholeOnItsOwnPageAndGivenUp() {
    sendLongLetter("GIVEN-UP");
    Page page = page(1280, 900, "en-GB");
    page.navigate(base + "/console/dead-letters");
    logIn(page, "operator", "rehearsal");
    openLetter(page, "GIVEN-UP");
    assertThat(page.locator("article")).hasCount(1);
    assertThat(page.locator("article pre")).isVisible();
    assertThat(page.locator("article pre")).containsText("<i>GIVEN-UP ends here</i>");
    page.locator("[action$=discard] [name=reason]").fill("read to its end");
    page.getByRole(AriaRole.BUTTON, named("Discard")).click();
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("given up");
    page.goBack();
    page.reload();
    assertThat(page.locator("article q")).hasText("read to its end");
    assertThat(page.locator("article form")).hasCount(0);
    page.navigate(base + "/console/dead-letters/intake/no-such-letter");
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
    assertThat(complaints).isEmpty();
    page.context().close();
  }

  private static void sendLongLetter(String name) {
    Http.of(router)
        .post(
            "/upload_device_info",
            "[{\"battery\":\"%1$s begins here %2$s <i>%1$s ends here</i>\"}]"
                .formatted(name, "x".repeat(3_000)));
  }

  /** From the list of letters to the page of one. */
  private static void openLetter(Page page, String name) {
    page.navigate(base + "/console/dead-letters");
    Locator letter =
        page.locator("article").filter(new Locator.FilterOptions().setHasText(name)).first();
    letter.locator("summary").click();
    assertThat(letter.locator("pre")).not().containsText(name + " ends here");
    letter.locator("details a").click();
    page.waitForURL(Pattern.compile(".*/console/dead-letters/intake/.+").asPredicate());
  }

  @Test
  void viewerSeesEverythingAndChangesNothing() {
    sendLongLetter("SEEN");
    Page page = page(1280, 900, "en-GB");
    page.navigate(base + "/console/rollout");
    logIn(page, "viewer", "rehearsal");
    assertThat(page.locator("#kind-health")).isVisible();
    openLetter(page, "SEEN");
    assertThat(page.locator("article pre")).containsText("<i>SEEN ends here</i>");
    assertThat(page.locator("main form[method=post]").count()).isZero();
    for (String path : PAGES) {
      page.navigate(base + path);
      assertThat(page.locator("main form[method=post]").count()).as(path).isZero();
      assertThat(page.locator(".danger").count()).as(path).isZero();
    }
    page.navigate(base + "/togglz-console/index");
    assertThat(page.locator("h1")).hasText("That did not work");
    page.context().close();
  }

  @Test
  void everyPageIsRightInBothLanguagesWidthsAndThemes() {
    Http.of(router).post("/upload_device_info", "[{\"battery\":7}]");
    sendLongLetter("SHOWN");
    for (String language : List.of("en-GB", "zh-CN")) {
      for (int width : new int[] {1280, 390}) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
          everyPageIsRight(language, width, theme);
        }
      }
    }
    assertThat(complaints).isEmpty();
  }

  private void everyPageIsRight(String language, int width, ColorScheme theme) {
    Page page = page(width, 844, language);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
    String look = theme == ColorScheme.DARK ? "-dark" : "";
    page.navigate(base + "/console/login");
    check(page, "login" + look, language, width);
    logIn(page, "operator", "rehearsal");
    assertThat(page).hasURL(base + "/console");
    for (String path : PAGES) {
      page.navigate(base + path);
      String name = path.replaceAll("/console/?", "").replaceAll("\\W+", "-");
      check(page, (name.isEmpty() ? "overview" : name) + look, language, width);
    }
    openLetter(page, "SHOWN");
    check(page, "letter" + look, language, width);
    page.locator(".top > .danger").click();
    page.locator("#rollback textarea").fill("x");
    check(page, "rollback" + look, language, width);
    page.context().close();
  }

  /** The connection stays open, and nothing comes any more: as of a router that hangs. */
  @Test
  void pageThatHearsNothingGreysOutAndSaysSinceWhen() throws Exception {
    try (CutLink link =
        new CutLink(Integer.parseInt(router.getEnvironment().getProperty("local.server.port")))) {
      String behind = "http://127.0.0.1:" + link.port();
      // What its console complains of is what this is about.
      BrowserContext context =
          browser.newContext(
              new Browser.NewContextOptions().setViewportSize(1280, 900).setLocale("en-GB"));
      Page page = context.newPage();
      page.navigate(behind + "/console/login");
      logIn(page, "viewer", "rehearsal");
      page.waitForURL(behind + "/console");
      String shownAt = page.locator("#live time").textContent();
      await()
          .atMost(PATIENCE)
          .until(() -> !shownAt.equals(page.locator("#live time").textContent()));
      assertThat(page.locator("#silent")).isHidden();
      link.swallow();
      assertThat(page.locator("#silent"))
          .isVisible(
              new LocatorAssertions.IsVisibleOptions().setTimeout((double) PATIENCE.toMillis()));
      assertThat(page.locator("#silent"))
          .containsText(Pattern.compile("heard from the router for \\d+ s"));
      assertThat(page.locator("main")).hasClass(Pattern.compile("silent"));
      shoot(page, "silent");
      link.flow();
      assertThat(page.locator("#silent"))
          .isHidden(
              new LocatorAssertions.IsHiddenOptions().setTimeout((double) PATIENCE.toMillis()));
      context.close();
    }
  }

  private static final List<String> PAGES =
      List.of(
          "/console",
          "/console/history?minutes=60",
          "/console/rollout",
          "/console/differences",
          "/console/streams",
          "/console/dead-letters",
          "/console/device?sn=WATCH7",
          "/console/routers",
          "/console/rules",
          "/console/reports",
          "/console/audit");

  private static void check(Page page, String name, String language, int width) {
    shoot(page, "%s-%s-%d".formatted(name, language, width));
    List<String> serious = new ArrayList<>();
    // No page has a frame of another origin, for which each look would open a page of its own.
    for (Rule rule : new AxeBuilder(page).setLegacyMode(true).analyze().getViolations()) {
      serious.add(rule.getImpact() + " " + rule.getId() + " " + rule.getNodes());
    }
    assertThat(serious).as(name + " " + language + " " + width).isEmpty();
    assertThat((Integer) page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
        .as("%s %s is as wide as the screen of %d", name, language, width)
        .isLessThanOrEqualTo(0);
    assertThat(page.content()).as("every word is known").doesNotContain("??");
  }

  /** Pictures for people, under {@code target/screenshots}. */
  private static void shoot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "screenshots", name + ".png")));
  }

  private static Page page(int width, int height, String language) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, height).setLocale(language));
    Page page = context.newPage();
    page.onRequest(
        request -> {
          if (!request.url().startsWith(base)) {
            complaints.add("asks " + request.url());
          }
        });
    page.onConsoleMessage(
        message -> {
          // A refused action answers 4xx on purpose.
          if ("error".equals(message.type())
              && !message.text().contains("Failed to load resource")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    return page;
  }

  private static void logIn(Page page, String user, String password) {
    page.locator("[name=username]").fill(user);
    page.locator("[name=password]").fill(password);
    page.locator("button").click();
  }

  private static Locator card(Page page) {
    return page.locator("[data-kind=health]");
  }

  private static double rate(Page page, String path) {
    return Double.parseDouble(card(page).getAttribute("data-" + path));
  }

  /** The id of the newest run of an origin; 0 when there is none yet. */
  private static String newest(Page page, String origin) {
    page.navigate(base + "/console/differences");
    Locator runs =
        page.locator("select[name=run] option")
            .filter(new Locator.FilterOptions().setHasText(origin));
    return runs.count() == 0 ? "0" : runs.first().getAttribute("value");
  }

  private static Page.LocatorOptions chip(String word) {
    return new Page.LocatorOptions().setHasText(word);
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Locator.GetByRoleOptions inside(String name) {
    return new Locator.GetByRoleOptions().setName(name);
  }
}
