const Plain = () => <p />;
