using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Querying;

/// <summary>Tags queries whose entities are not tracked, when they are compiled.</summary>
internal sealed class NoTrackingRouter : IQueryExpressionInterceptor
{
    private static readonly MethodInfo TagWith =
        new Func<IQueryable<object>, string, IQueryable<object>>(EntityFrameworkQueryableExtensions.TagWith).Method.GetGenericMethodDefinition();

    /// <inheritdoc/>
    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData)
    {
        var search = new TrackingSearch { IsTracking = eventData.Context?.ChangeTracker.QueryTrackingBehavior is QueryTrackingBehavior.TrackAll };
        search.Visit(queryExpression);
        return search.IsTracking ? queryExpression : Tag(queryExpression);
    }

    // A query that ends in a number, or in one row, is tagged where it is still a query.
    private static Expression Tag(Expression query) =>
        ElementOf(query.Type) is { } element ? Expression.Call(Tagging(element), query, Expression.Constant(QueryTag.NoTracking))
        : query is MethodCallExpression { Arguments: [var source, ..] } call ? call.Update(call.Object, [Tag(source), .. call.Arguments.Skip(1)])
        : query;

    private static Type? ElementOf(Type type) => type.IsAssignableTo(typeof(IQueryable)) ? TypesOf(type).FirstOrDefault() : null;

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Queries are compiled where their expressions are whole.")]
    private static IEnumerable<Type> TypesOf(Type type) => type.GetInterfaces().Prepend(type)
        .Where(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(IQueryable<>)).Select(t => t.GenericTypeArguments[0]);

    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "TagWith asks nothing of its type.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Without dynamic code there is no compilation of queries that would call this.")]
    private static MethodInfo Tagging(Type element) => TagWith.MakeGenericMethod(element);

    // The outermost word is what holds.
    private sealed class TrackingSearch : ExpressionVisitor
    {
        public bool IsTracking { get; set; }

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            var visited = base.VisitMethodCall(node);
            if (node.Method.DeclaringType == typeof(EntityFrameworkQueryableExtensions))
            {
                IsTracking = node.Method.Name switch
                {
                    nameof(EntityFrameworkQueryableExtensions.AsNoTracking)
                        or nameof(EntityFrameworkQueryableExtensions.AsNoTrackingWithIdentityResolution) => false,
                    // The overload with an argument has become one of the others by now.
                    nameof(EntityFrameworkQueryableExtensions.AsTracking) => true,
                    _ => IsTracking,
                };
            }

            return visited;
        }
    }
}
