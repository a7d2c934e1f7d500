package io.crossfade.stream;

import io.crossfade.db.process.FatalErrors;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Netty gives what its threads fail with to the next handler of the channel, and goes on. */
final class FatalErrorsInNetty implements NettyCustomizer {

  /** Before Lettuce's own handlers, and after them. */
  private static final class Guard extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      FatalErrors.endIfFatal(cause);
      context.fireExceptionCaught(cause);
    }
  }

  @Override
  public void afterChannelInitialized(Channel channel) {
    channel.pipeline().addFirst(new Guard()).addLast(new Guard());
  }
}
