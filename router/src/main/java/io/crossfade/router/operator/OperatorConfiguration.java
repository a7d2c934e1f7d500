package io.crossfade.router.operator;

import io.crossfade.router.operator.OperatorSettings.Role;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationEventPublisher;
import org.springframework.security.authentication.DefaultAuthenticationEventPublisher;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Stands before the operator API and the console: uploads do not pass a security filter. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties(OperatorSettings.class)
@Import(OperatorProblems.class)
public class OperatorConfiguration {

  private static final Logger log = LoggerFactory.getLogger(OperatorConfiguration.class);
  private static final int PASSWORD_BYTES = 18;

  /** Everything comes from here, and no script or style stands in a page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
          + " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'self'";

  /** The one script that stands in a page of Togglz 4.5: it shows the parameters of a strategy. */
  private static final String TOGGLZ_SCRIPT =
      "'sha256-BUxxDlQHd9KRFVq/Agmap1eHN3rEJVlhw/sVJWma000='";

  /** Where people log in. */
  static final String LOGIN = "/console/login";

  @Bean
  PasswordEncoder passwordEncoder() {
    return new BCryptPasswordEncoder();
  }

  @Bean
  UserDetailsService operators(OperatorSettings settings, PasswordEncoder encoder) {
    List<UserDetails> users = new ArrayList<>();
    settings
        .users()
        .forEach((name, user) -> users.add(details(name, user.password(), user.role())));
    if (users.isEmpty()) {
      byte[] random = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(random);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      users.add(details("operator", encoder.encode(password), Role.OPERATOR));
      log.warn(
          "No crossfade.operator.users are set: until the next start, user operator has the password {}",
          password);
    }
    // Not the manager itself: it would hash a password anew at its first use, dearer than its owner
    // chose, and forget that at the next start.
    return new InMemoryUserDetailsManager(users)::loadUserByUsername;
  }

  @Bean
  LoginThrottle loginThrottle(OperatorSettings settings, InstantSource clock) {
    return new LoginThrottle(settings.loginFailures(), settings.loginWait(), clock);
  }

  /** It stands in the chain below, and nowhere else. */
  @Bean
  FilterRegistrationBean<LoginThrottle> loginThrottleInTheChain(LoginThrottle throttle) {
    var registration = new FilterRegistrationBean<>(throttle);
    registration.setEnabled(false);
    return registration;
  }

  @Bean
  AuthenticationEventPublisher loginEvents(ApplicationEventPublisher events) {
    return new DefaultAuthenticationEventPublisher(events);
  }

  /** JSON over Basic, without a session: there is no cookie that another site could ride on. */
  @Bean
  SecurityFilterChain operatorApi(HttpSecurity http, LoginThrottle throttle) throws Exception {
    return http.securityMatcher(path("/api/**"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(HttpMethod.GET)
                    .hasAnyRole(Role.VIEWER.name(), Role.OPERATOR.name())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.name()))
        .httpBasic(Customizer.withDefaults())
        .addFilterBefore(throttle, BasicAuthenticationFilter.class)
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /** Pages with a session: whatever changes something brings the session's token. */
  @Bean
  SecurityFilterChain console(HttpSecurity http, LoginThrottle throttle) throws Exception {
    HttpSessionRequestCache wanted = new HttpSessionRequestCache();
    wanted.setMatchingRequestParameterName(null);
    return http.securityMatcher(path("/console/**"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(path(LOGIN), path("/console/assets/**"))
                    .permitAll()
                    .requestMatchers(HttpMethod.GET)
                    .hasAnyRole(Role.VIEWER.name(), Role.OPERATOR.name())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.name()))
        .formLogin(login -> login.loginPage(LOGIN).defaultSuccessUrl("/console"))
        .logout(logout -> logout.logoutUrl("/console/logout").logoutSuccessUrl(LOGIN + "?goodbye"))
        .addFilterBefore(throttle, UsernamePasswordAuthenticationFilter.class)
        .requestCache(cache -> cache.requestCache(wanted))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(policy -> policy.policyDirectives(POLICY))
                    .frameOptions(HeadersConfigurer.FrameOptionsConfig::sameOrigin)
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                    .permissionsPolicyHeader(
                        permissions ->
                            permissions.policy("camera=(), geolocation=(), microphone=()")))
        .build();
  }

  /** Togglz' own pages, in the session of the console; their forms have tokens of their own. */
  @Bean
  SecurityFilterChain togglzPages(HttpSecurity http) throws Exception {
    return http.securityMatcher(path("/togglz-console/**"))
        .authorizeHttpRequests(requests -> requests.anyRequest().hasRole(Role.OPERATOR.name()))
        .exceptionHandling(
            refused ->
                refused.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint(LOGIN)))
        .csrf(AbstractHttpConfigurer::disable)
        .headers(
            headers ->
                headers.contentSecurityPolicy(
                    policy ->
                        policy.policyDirectives(
                            POLICY
                                .replace("script-src 'self'", "script-src 'self' " + TOGGLZ_SCRIPT)
                                // Its jQuery writes styles into elements.
                                .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))))
        .build();
  }

  @Bean
  DelegatingFilterProxyRegistrationBean operatorFilter() {
    var filter = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
    filter.addUrlPatterns("/api/*", "/console/*", "/togglz-console/*");
    return filter;
  }

  /**
   * Of the whole path: a plain string is a path of the dispatcher, and would let everybody pass to
   * the servlet of Togglz.
   */
  private static RequestMatcher path(String pattern) {
    return PathPatternRequestMatcher.withDefaults().matcher(pattern);
  }

  private static UserDetails details(String name, String hash, Role role) {
    return User.withUsername(name).password(hash).roles(role.name()).build();
  }
}
